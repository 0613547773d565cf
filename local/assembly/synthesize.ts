import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { projectFingerprint } from './project-fingerprint.ts';

/** The CDK app ended with an error, whose text is the message. */
export class SynthesisError extends Error {
  readonly code = 'SYNTHESIS_FAILED';

  constructor(output: string) {
    super(`The CDK app could not be synthesized:\n${output.trim()}`);
    this.name = 'SynthesisError';
  }
}

export interface SynthesizeOptions {
  readonly projectDirectory: string;
  /** The app's module, relative to the project. */
  readonly app: string;
  /** Absolute. Emptied first, unless it holds what the app would make again. */
  readonly outputDirectory: string;
  /** Wins over what `cdk.json` has. */
  readonly context: Readonly<Record<string, string>>;
}

const cdkJson = z.object({ context: z.record(z.string(), z.unknown()).default({}) });

/**
 * Runs the CDK app in a process of its own, without the CDK command line. Does nothing when the output directory
 * holds the result of an earlier run from the same files: that takes most of the time of a start.
 * @returns whether the app was run
 * @throws SynthesisError
 */
export async function synthesize(options: SynthesizeOptions): Promise<boolean> {
  const { projectDirectory, app, outputDirectory } = options;
  const context = { ...projectContext(projectDirectory), ...options.context };
  const inputs = JSON.stringify([process.version, app, context, appVariables()]);
  const fingerprint = projectFingerprint(projectDirectory, dirname(outputDirectory), inputs);
  const fingerprintFile = join(outputDirectory, 'fingerprint');
  if (existsSync(fingerprintFile) && readFileSync(fingerprintFile, 'utf8') === fingerprint) return false;
  rmSync(outputDirectory, { recursive: true, force: true });
  mkdirSync(outputDirectory, { recursive: true });
  // Assets with CommonJS in `.js` files must not take the project's own module type.
  writeFileSync(join(outputDirectory, 'package.json'), '{}\n');
  const child = spawn(process.execPath, [app], {
    cwd: projectDirectory,
    env: { ...process.env, CDK_OUTDIR: outputDirectory, CDK_CONTEXT_JSON: JSON.stringify(context) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  if (exitCode !== 0) throw new SynthesisError(output);
  writeFileSync(fingerprintFile, fingerprint);
  return true;
}

/** The variables of the environment that an app's result can depend on. */
function appVariables(): [string, string | undefined][] {
  return Object.entries(process.env)
    .filter(([name]) => name.startsWith('CDK_') || name === 'NODE_OPTIONS')
    .sort();
}

function projectContext(projectDirectory: string): Record<string, unknown> {
  const file = join(projectDirectory, 'cdk.json');
  return existsSync(file) ? cdkJson.parse(JSON.parse(readFileSync(file, 'utf8'))).context : {};
}
