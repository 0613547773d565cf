import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './physical-names.ts';
import { projectFingerprint } from './project-fingerprint.ts';
import { readCdkProject } from './synthesize-project.ts';

/** The CDK app ended with an error, whose text is the message. */
export class SynthesisError extends Error {
  readonly code = 'SYNTHESIS_FAILED';

  constructor(output: string) {
    super(`The CDK app could not be synthesized:\n${output.trim()}`);
    this.name = 'SynthesisError';
  }
}

export interface SynthesizeOptions {
  /** Where the app runs. */
  readonly projectDirectory: string;
  /** A command line for the shell, as in `cdk.json`; or the path of a module, which runs on this Node.js. */
  readonly app: string;
  /** Absolute. Emptied first, unless it holds what the app would make again. */
  readonly outputDirectory: string;
  /** Wins over what `cdk.json` has. */
  readonly context: Readonly<Record<string, unknown>>;
  /**
   * Folders with everything that the app's result can depend on. When nothing in them has changed since the output
   * directory was filled, the app is not run: that takes most of the time of a start. Default: it always runs.
   */
  readonly sources?: readonly string[];
  /** Ends the app. */
  readonly signal?: AbortSignal;
}

/** Whether this is a checkout's source, and not the installed package. */
const IN_CHECKOUT = import.meta.filename.endsWith('.ts');
const HOOKS = pathToFileURL(join(import.meta.dirname, 'synthesize-hooks.ts')).href;

/**
 * Runs a CDK app in processes of its own, without the CDK command line and without credentials: nothing of the
 * environment that begins with `AWS_` reaches it.
 * @returns whether the app was run
 * @throws SynthesisError with all that it wrote
 */
export async function synthesize(options: SynthesizeOptions): Promise<boolean> {
  const { projectDirectory, app, outputDirectory, sources, signal } = options;
  const context = { ...readCdkProject(projectDirectory).context, ...options.context };
  const inputs = JSON.stringify([process.version, app, context, appVariables()]);
  const fingerprint = sources
    ?.map((source) => projectFingerprint(source, dirname(outputDirectory), inputs))
    .join('\n');
  const fingerprintFile = join(outputDirectory, 'fingerprint');
  if (
    fingerprint !== undefined &&
    existsSync(fingerprintFile) &&
    readFileSync(fingerprintFile, 'utf8') === fingerprint
  ) {
    return false;
  }
  rmSync(outputDirectory, { recursive: true, force: true });
  mkdirSync(outputDirectory, { recursive: true });
  // Assets with CommonJS in `.js` files must not take the project's own module type.
  writeFileSync(join(outputDirectory, 'package.json'), '{}\n');
  const { exitCode, output } = await runApp(
    app,
    projectDirectory,
    appEnvironment(outputDirectory, context),
    signal,
  );
  if (exitCode !== 0) throw new SynthesisError(output);
  if (fingerprint !== undefined) writeFileSync(fingerprintFile, fingerprint);
  return true;
}

async function runApp(
  app: string,
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal | undefined,
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  signal?.throwIfAborted();
  const module = isModule(app, directory);
  // A group of its own, so that what the shell started ends with it.
  const detached = process.platform !== 'win32';
  const child = spawn(module ? process.execPath : app, module ? [app] : [], {
    cwd: directory,
    env,
    detached,
    shell: !module,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = (): void => {
    try {
      if (detached && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      else child.kill();
    } catch {
      // It has ended already.
    }
  };
  signal?.addEventListener('abort', end);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  try {
    const exitCode = await new Promise<number | null>((done, fail) => {
      child.once('error', fail).once('close', done);
    });
    signal?.throwIfAborted();
    return { exitCode, output };
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

/** As the CDK command line does, which runs a module that is named without a program by Node.js. */
function isModule(app: string, directory: string): boolean {
  return (
    /\.[cm]?[jt]s$/.test(app) &&
    statSync(resolve(directory, app), { throwIfNoEntry: false })?.isFile() === true
  );
}

function appEnvironment(
  outputDirectory: string,
  context: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string | undefined>> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const hooks = [process.env['NODE_OPTIONS'] ?? '', `--import=${HOOKS}`].join(' ').trim();
  return {
    ...Object.fromEntries(own),
    ...(IN_CHECKOUT && { NODE_OPTIONS: hooks }),
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    CDK_DEFAULT_ACCOUNT: LOCAL_ACCOUNT,
    CDK_DEFAULT_REGION: LOCAL_REGION,
    CDK_OUTDIR: outputDirectory,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
}

/** The variables of the environment that an app's result can depend on. */
function appVariables(): [string, string | undefined][] {
  return Object.entries(process.env)
    .filter(([name]) => name.startsWith('CDK_') || name === 'NODE_OPTIONS')
    .sort();
}
