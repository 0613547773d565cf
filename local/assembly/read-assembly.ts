import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { CannotRunError } from './cannot-run-error.ts';
import { orderByDependency } from './order-by-dependency.ts';
import { templateSchema, type Template } from './template.ts';

/** One stack of a synthesized assembly. */
export interface AssemblyStack {
  readonly name: string;
  readonly template: Template;
  /** From the object key of a staged file (`<hash>.zip`) to its directory or file in the assembly. */
  readonly assets: ReadonlyMap<string, string>;
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      dependencies: z.array(z.string()).default([]),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          file: z.string().optional(),
        })
        .default({}),
    }),
  ),
});

const assetManifestSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional(), executable: z.array(z.string()).optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

/**
 * Reads a cloud assembly (`cdk.out`): its stacks, every stack after those that it depends on.
 * @throws CannotRunError for a nested assembly (CDK Stage) or a template section that is not known.
 */
export async function readAssembly(directory: string): Promise<AssemblyStack[]> {
  const { artifacts } = manifestSchema.parse(await readJson(join(directory, 'manifest.json')));
  const stackIds: string[] = [];
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (artifact.type === 'aws:cloudformation:stack') stackIds.push(id);
    if (artifact.type === 'cdk:cloud-assembly')
      throw new CannotRunError({ stack: id }, 'nested assemblies (CDK stages) are not supported');
  }
  const ordered = orderByDependency(
    stackIds,
    (id) => (artifacts[id]?.dependencies ?? []).filter((dependency) => stackIds.includes(dependency)),
    (cycle) =>
      new CannotRunError({ stack: cycle.join(' → ') }, 'these stacks depend on each other in a circle'),
  );
  return Promise.all(
    ordered.map(async (id) => {
      const artifact = artifacts[id];
      const templateFile = artifact?.properties.templateFile;
      if (artifact === undefined || templateFile === undefined)
        throw new CannotRunError({ stack: id }, 'its artifact names no template file');
      const assets = await Promise.all(
        artifact.dependencies.map((dependency) => readAssets(directory, artifacts[dependency])),
      );
      return {
        name: artifact.properties.stackName ?? id,
        template: parseTemplate(id, await readJson(join(directory, templateFile))),
        assets: new Map(assets.flat()),
      };
    }),
  );
}

function parseTemplate(stack: string, content: unknown): Template {
  const parsed = templateSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CannotRunError({ stack, path: issue?.path.join('.') ?? '' }, issue?.message ?? 'not a template');
}

async function readAssets(
  directory: string,
  artifact: { type: string; properties: { file?: string | undefined } } | undefined,
): Promise<[string, string][]> {
  const file = artifact?.properties.file;
  if (artifact?.type !== 'cdk:asset-manifest' || file === undefined) return [];
  const { files } = assetManifestSchema.parse(await readJson(join(directory, file)));
  return Object.values(files).flatMap(({ source, destinations }) => {
    const path = source.path;
    if (path === undefined) return [];
    return Object.values(destinations).map(({ objectKey }): [string, string] => [
      basename(objectKey),
      resolve(directory, path),
    ]);
  });
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}
