import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { deploymentSchema } from '../../scripts/deployment-schema.ts';
import { templateProblems } from '../../scripts/template/check-template.ts';
import { SettingsFile } from '../../lib/settings/deployment-settings.ts';
import { temporaryDirectory } from '../local/temporary-directory.ts';

vi.setConfig({ testTimeout: 300_000 });
const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const blocks = (file: string, language: string) =>
  [...read(file).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code = '']) => code,
  );

const ORDERS = `
openapi: 3.1.0
info: { title: Orders, version: 1.0.0 }
paths:
  /orders: { get: {} }
`;
const Resources = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) });

/** Runs an app as in a user's folder, where `keybound` is an installed package. */
function synthesize(files: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory();
  const installed = join(directory, 'node_modules');
  const stand = join(directory, 'keybound');
  mkdirSync(installed);
  mkdirSync(stand);
  // Node.js strips types from no file below node_modules, so the link leads out of it, to the sources.
  writeFileSync(join(stand, 'package.json'), '{ "type": "module", "exports": "./index.ts" }');
  writeFileSync(join(stand, 'index.ts'), `export * from ${JSON.stringify(join(ROOT, 'lib/index.ts'))};\n`);
  symlinkSync(stand, join(installed, 'keybound'));
  for (const name of ['aws-cdk-lib', 'constructs', 'esbuild']) {
    symlinkSync(join(ROOT, 'node_modules', name), join(installed, name));
  }
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const run = spawnSync(process.execPath, ['app.ts'], {
    cwd: directory,
    env: { ...process.env, CDK_OUTDIR: 'cdk.out' },
    encoding: 'utf8',
  });
  expect(run.stderr).not.toContain('Error');
  expect(run.status).toBe(0);
  const read = (stack: string): unknown =>
    JSON.parse(readFileSync(join(directory, 'cdk.out', `${stack}.template.json`), 'utf8'));
  return {
    template: read,
    types: (stack: string) => Object.values(Resources.parse(read(stack)).Resources).map(({ Type }) => Type),
  };
}

describe("the README's app", () => {
  it('synthesizes as it stands to Keybound and a protected API, and AWS would take both', () => {
    const [app = '', ...others] = blocks('README.md', 'ts');
    expect(others).toEqual([]);
    const { template, types } = synthesize({ 'app.ts': app, 'orders.yaml': ORDERS });
    expect(templateProblems(template('Keybound'))).toEqual([]);
    expect(templateProblems(template('Orders'))).toEqual([]);
    expect(types('Keybound')).toContain('AWS::DynamoDB::GlobalTable');
    expect(types('Orders')).toContain('AWS::ApiGatewayV2::Route');
    expect(types('Orders')).toContain('Custom::KeyboundApi');
  });

  it('installs the package under the name that it imports', () => {
    expect(blocks('README.md', 'sh')).toContain('npm install keybound\n');
    const Named = z.object({ name: z.string() });
    expect(Named.parse(JSON.parse(read('package.json'))).name).toBe('keybound');
  });
});

describe('the app on the page about the package', () => {
  it('synthesizes as it stands to a protected API with a bundled backend, and AWS would take it', () => {
    const [app = '', handler = '', backend = '', ...others] = blocks('docs/use/package.md', 'ts');
    expect(others).toEqual([]);
    const { template, types } = synthesize({
      'app.ts': `${app}
import { Table, AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { ordersBackend } from './backend.ts';
const other = new Stack(new App({ outdir: 'other.out' }), 'Other');
ordersBackend(other, new Table(other, 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } }));
`,
      'backend.ts': backend.replace('backends/orders.ts', 'orders.ts'),
      'orders.ts': handler,
      'orders.yaml': ORDERS,
    });
    expect(templateProblems(template('Orders'))).toEqual([]);
    expect(types('Orders')).toContain('AWS::ApiGatewayV2::Route');
    expect(types('Orders')).toContain('AWS::Lambda::Function');
    expect(types('Orders')).toContain('Custom::KeyboundApi');
  });
});

describe('the file of a deployment', () => {
  it('has the checked-in schema that its settings are read by', () => {
    expect(JSON.parse(read('docs/operate/deployment.schema.json'))).toEqual(deploymentSchema());
  });

  it('is usable as the page about deploying shows it', () => {
    const files = blocks('docs/operate/deploy.md', 'json').filter((code) =>
      code.includes('deployment.schema.json'),
    );
    expect(files).toHaveLength(1);
    for (const file of files) expect(SettingsFile.safeParse(JSON.parse(file)).error).toBeUndefined();
  });

  it('has all its settings explained', () => {
    const page = read('docs/operate/deploy.md');
    const names = Object.keys(SettingsFile.shape).filter((name) => name !== '$schema');
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
