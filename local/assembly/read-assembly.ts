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
  // What the app asked to be looked up in an account, which the CDK command line does between two runs of it.
  missing: z.array(z.object({ key: z.string() })).default([]),
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
 * Reads a cloud assembly (`cdk.out`): its stacks, every stack after those that it depends on. `chosen`: names of stacks
 * to read, with those that they depend on, instead of all.
 * @throws CannotRunError for a nested assembly (CDK Stage), a template section that is not known, a chosen stack that is
 *   not there, or values that have yet to be looked up in an account.
 */
export async function readAssembly(directory: string, chosen?: readonly string[]): Promise<AssemblyStack[]> {
  const manifest = await readJson(join(directory, 'manifest.json')).catch((error: unknown) => {
    const reason = 'there is no manifest.json; does the app call app.synth()?';
    throw isMissingFile(error) ? new CannotRunError({ stack: directory }, reason) : error;
  });
  const { artifacts, missing } = manifestSchema.parse(manifest);
  if (missing.length > 0) {
    const keys = missing.map(({ key }) => key).join(', ');
    throw new CannotRunError(
      { stack: directory },
      `the app looks values up in an AWS account, which the runner never does: ${keys}. Run "npx cdk synth" once with credentials: it keeps them in cdk.context.json`,
    );
  }
  const stackIds: string[] = [];
  for (const [id, artifact] of Object.entries(artifacts)) {
    if (artifact.type === 'aws:cloudformation:stack') stackIds.push(id);
    if (artifact.type === 'cdk:cloud-assembly') {
      throw new CannotRunError({ stack: id }, 'nested assemblies (CDK stages) are not supported');
    }
  }
  const ordered = orderByDependency(
    stackIds,
    (id) => (artifacts[id]?.dependencies ?? []).filter((dependency) => stackIds.includes(dependency)),
    (cycle) =>
      new CannotRunError({ stack: cycle.join(' → ') }, 'these stacks depend on each other in a circle'),
  );
  const nameOf = (id: string): string => artifacts[id]?.properties.stackName ?? id;
  const wanted = new Set(chosen === undefined ? ordered : chosenStacks(chosen, directory, ordered, nameOf));
  // Backwards, so that what a stack depends on comes after it.
  for (const id of ordered.toReversed()) {
    if (wanted.has(id)) for (const dependency of artifacts[id]?.dependencies ?? []) wanted.add(dependency);
  }
  return Promise.all(
    ordered
      .filter((id) => wanted.has(id))
      .map(async (id) => {
        const artifact = artifacts[id];
        const templateFile = artifact?.properties.templateFile;
        if (artifact === undefined || templateFile === undefined) {
          throw new CannotRunError({ stack: id }, 'its artifact names no template file');
        }
        const assets = await Promise.all(
          artifact.dependencies.map((dependency) => readAssets(directory, artifacts[dependency])),
        );
        return {
          name: nameOf(id),
          template: parseTemplate(id, await readJson(join(directory, templateFile))),
          assets: new Map(assets.flat()),
        };
      }),
  );
}

/** The ids of the stacks that are called by their id or name. */
function chosenStacks(
  chosen: readonly string[],
  directory: string,
  ids: readonly string[],
  nameOf: (id: string) => string,
): readonly string[] {
  return chosen.map((name) => {
    const id = ids.find((each) => each === name || nameOf(each) === name);
    if (id !== undefined) return id;
    throw new CannotRunError(
      { stack: directory },
      `there is no stack ${name}; there are ${ids.map(nameOf).join(', ')}`,
    );
  });
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
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
