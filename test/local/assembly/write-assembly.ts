import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ResourceFixture {
  readonly Type: string;
  readonly Properties?: object;
  readonly DependsOn?: readonly string[];
}

export interface StackFixture {
  readonly template: object;
  /** Asset key (without `.zip`) → file name → content. */
  readonly assets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: readonly string[];
}

/** Writes a cloud assembly as `cdk synth` would: manifest, templates, asset manifests, asset directories. */
export function writeAssembly(directory: string, stacks: Readonly<Record<string, StackFixture>>): string {
  const artifacts: Record<string, object> = {};
  mkdirSync(directory, { recursive: true });
  for (const [name, { template, assets = {}, dependencies = [] }] of Object.entries(stacks)) {
    const files: Record<string, object> = {};
    for (const [key, contents] of Object.entries(assets)) {
      mkdirSync(join(directory, `asset.${key}`), { recursive: true });
      for (const [file, content] of Object.entries(contents)) {
        writeFileSync(join(directory, `asset.${key}`, file), content);
      }
      files[key] = {
        source: { path: `asset.${key}`, packaging: 'zip' },
        destinations: { local: { bucketName: 'assets', objectKey: `${key}.zip` } },
      };
    }
    writeFileSync(join(directory, `${name}.template.json`), JSON.stringify(template));
    writeFileSync(join(directory, `${name}.assets.json`), JSON.stringify({ files }));
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } };
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      dependencies: [...dependencies, `${name}.assets`],
      properties: { templateFile: `${name}.template.json` },
    };
  }
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  return directory;
}

/** A function resource whose code is the asset of this key. */
export function functionResource(assetKey: string, properties: object = {}): ResourceFixture {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: 'assets', S3Key: `${assetKey}.zip` },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Timeout: 10,
      Role: 'arn:aws:iam::000000000000:role/nothing',
      ...properties,
    },
  };
}
