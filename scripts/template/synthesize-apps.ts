import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { localContext } from '../../local/runner/local-context.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const TABLE = 'arn:aws:dynamodb:eu-west-1:111122223333:table/restored';

/** Where the runner serves. */
const LOCAL = {
  gatewayUrl: 'http://localhost:8243',
  sandboxUrl: 'http://sandbox.localhost:8243',
  issuer: 'http://localhost:9443',
};

/** Every way that the context can make the project's own app differ. */
const CONTEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'as it is': {},
  'with the issuer of the runner': {
    deployment: 'local',
    throwAway: 'true',
    issuer: LOCAL.issuer,
    audience: 'keybound-local',
  },
  'with a user pool and pages': {
    deployment: 'local',
    commandLineSignIn: 'true',
    portalOrigins: 'https://portal.example.com,https://admin.example.com',
    costCenter: 'CC-4711',
    alarmEmail: 'operators@example.com',
    logRetentionDays: '14',
    tracing: 'true',
  },
  'with an issuer, a key and a table that are there already': {
    deployment: 'local',
    issuer: 'https://login.example.com/',
    audience: 'keybound',
    rolesClaim: 'roles',
    encryptionKeyArn: KEY,
    tableArn: TABLE,
    tableStreamArn: `${TABLE}/stream/2026-01-31T12:00:00.000`,
  },
};

export interface SynthesizedApp {
  readonly name: string;
  /** Where its templates are. */
  readonly directory: string;
}

/**
 * Synthesizes every app of the project into folders of `directory`: its own in each way, and all that are called
 * `app.ts` in tests, benchmarks and examples. Without bundles, which templates do not hold.
 * @throws Error with what an app says that cannot be synthesized.
 */
export async function synthesizeApps(
  projectDirectory: string,
  directory: string,
): Promise<readonly SynthesizedApp[]> {
  const own = Object.entries(CONTEXTS).map(([way, context]) => ({ app: 'bin/app.ts', way, context }));
  const local = localContext(LOCAL);
  const others = globSync('{test,bench,examples}/**/app.ts', { cwd: projectDirectory })
    .toSorted()
    .map((app) => ({ app, way: 'as the runner has it', context: local }));
  const made: SynthesizedApp[] = [];
  for (const { app, way, context } of [...own, ...others]) {
    const name = `${app} ${way}`;
    const output = join(directory, String(made.length));
    await synthesizeApp(projectDirectory, app, output, context, name);
    made.push({ name, directory: output });
  }
  return made;
}

async function synthesizeApp(
  projectDirectory: string,
  app: string,
  output: string,
  context: Readonly<Record<string, string>>,
  name: string,
): Promise<void> {
  const project = CdkJson.parse(JSON.parse(readFileSync(join(projectDirectory, 'cdk.json'), 'utf8'))).context;
  // What examples import as `keybound` is this checkout.
  const hooks = pathToFileURL(join(projectDirectory, 'local/assembly/synthesize-hooks.ts')).href;
  const child = spawn(process.execPath, ['--import', hooks, app], {
    cwd: projectDirectory,
    env: {
      ...process.env,
      ECHO_URL: 'https://echo.example.com',
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({ ...project, ...context, 'aws:cdk:bundling-stacks': [] }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`${name} could not be synthesized:\n${errors.trim()}`);
}
