import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CannotRunError } from '../assembly/cannot-run-error.ts';
import { refuseUnknownTypes } from '../assembly/deploy-assembly.ts';
import { readAssembly, type AssemblyStack } from '../assembly/read-assembly.ts';
import { appOf, readCdkProject } from '../assembly/synthesize-project.ts';
import { synthesize } from '../assembly/synthesize.ts';
import type { Closers } from './closers.ts';
import type { Urls } from './local-context.ts';
import { MANAGEMENT_API_OUTPUT } from './serving.ts';

/** What a runner runs. */
export interface AppOptions {
  /**
   * The folder of the CDK app, with its `cdk.json`.
   * @default the folder of this process
   */
  readonly directory?: string;
  /**
   * The command that runs the app, or the path of its module.
   * @default "app" of `cdk.json`
   * @example 'npx tsx bin/app.ts'
   */
  readonly app?: string;
  /**
   * Context of the app, which wins over that of `cdk.json`. A function gets the addresses of the runner.
   * @default none
   * @example { tenant: 'acme' }
   */
  readonly context?:
    | Readonly<Record<string, string>>
    | ((urls: Urls & { readonly issuer: string }) => Readonly<Record<string, string>>);
  /**
   * An assembly that was synthesized before, such as `cdk.out`: no app is run then.
   * @default the app is synthesized
   */
  readonly assemblyDirectory?: string;
  /**
   * Names of the stacks to run; those that they depend on run, too.
   * @default all stacks
   */
  readonly stacks?: readonly string[];
  /**
   * Folders with everything that the app can depend on. When nothing in them has changed since the last start on the
   * same data directory, the app is not run again.
   * @default the app runs at each start
   */
  readonly sources?: readonly string[];
  /**
   * Ends a start that is under way.
   * @default a start runs to its end
   */
  readonly signal?: AbortSignal;
}

/** Tells an app, in its context, that it is run on one machine: `app.node.tryGetContext('keybound:local')`. */
const LOCAL_CONTEXT_KEY = 'keybound:local';

/** Parameters of a stack that uses `findCore`, and the deployment that it looks for. */
const CORE_PARAMETER = /^\/keybound\/(?<deployment>[^/]+)\/(?:authorizer|registrar|usage)-arn$/;

/** The app of the core alone: in the installed package beside the constructs, in a checkout the source. */
const PACKAGE = resolve(import.meta.dirname, '..');
const CORE = existsSync(join(PACKAGE, 'local-core.js'))
  ? { directory: PACKAGE, app: 'local-core.js' }
  : { directory: resolve(PACKAGE, '..'), app: 'bin/local-core.ts' };

/**
 * Reads the stacks of the assembly given, or of the one that the app makes. Where none of them is a core, a core of the
 * runner's own comes first.
 * @throws NoCdkAppError, SynthesisError, CannotRunError
 */
export async function loadStacks(
  options: AppOptions,
  dataDirectory: string | undefined,
  urls: Urls & { readonly issuer: string },
  closers: Closers,
): Promise<readonly AssemblyStack[]> {
  const { assemblyDirectory, stacks: chosen } = options;
  let base = dataDirectory;
  const outputIn = (name: string): string => {
    if (base === undefined) {
      const made = mkdtempSync(join(tmpdir(), 'keybound-'));
      closers.add(() => rmSync(made, { recursive: true, force: true }));
      base = made;
    }
    return join(base, name);
  };
  const directory = assemblyDirectory === undefined ? outputIn('cdk.out') : resolve(assemblyDirectory);
  if (assemblyDirectory === undefined) {
    const { context = {} } = options;
    await synthesizeApp(
      { ...options, context: typeof context === 'function' ? context(urls) : context },
      directory,
    );
  }
  const stacks = await readAssembly(directory, chosen);
  if (stacks.some(({ template }) => MANAGEMENT_API_OUTPUT in template.Outputs)) return stacks;
  // Before anything else takes time.
  refuseUnknownTypes(stacks);
  const core = await synthesizeCore(deploymentFor(stacks), outputIn('core.out'), options.signal);
  return [...(await readAssembly(core)), ...stacks];
}

/**
 * Runs the CDK app once.
 * @throws NoCdkAppError, SynthesisError
 */
export async function synthesizeApp(
  {
    directory = '.',
    app,
    context,
    sources,
    signal,
  }: Omit<AppOptions, 'context'> & { readonly context: Readonly<Record<string, string>> },
  outputDirectory: string,
): Promise<void> {
  const projectDirectory = resolve(directory);
  await synthesize({
    projectDirectory,
    app: app ?? appOf(projectDirectory, readCdkProject(projectDirectory)),
    outputDirectory,
    context: { [LOCAL_CONTEXT_KEY]: 'true', ...context },
    ...(sources !== undefined && { sources }),
    ...(signal !== undefined && { signal }),
  });
}

/** The core that stacks without one look for; any name will do where they look for none. */
function deploymentFor(stacks: readonly AssemblyStack[]): string {
  const found = stacks.flatMap(({ template }) =>
    Object.values(template.Parameters).flatMap(
      ({ Default }) => CORE_PARAMETER.exec(String(Default))?.groups?.['deployment'] ?? [],
    ),
  );
  const [first = 'local', second] = [...new Set(found)];
  if (second !== undefined) {
    throw new CannotRunError(
      { stack: stacks.map(({ name }) => name).join(', ') },
      `they look for the cores of the deployments ${first} and ${second}, and a runner has one: choose stacks by name`,
    );
  }
  return first;
}

async function synthesizeCore(
  deployment: string,
  outputDirectory: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  await synthesize({
    projectDirectory: CORE.directory,
    app: CORE.app,
    outputDirectory,
    context: { deployment },
    sources: [CORE.directory],
    ...(signal !== undefined && { signal }),
  });
  return outputDirectory;
}
