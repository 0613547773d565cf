import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { send } from './sample-runner.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const PARTS = [
  'bin',
  'cli',
  'examples',
  'lambdas',
  'lib',
  'local',
  'cdk.json',
  'package.json',
  'tsconfig.json',
];

/** A checkout of the project in a folder named `name`. */
function checkout(name: string): string {
  const directory = join(temporaryDirectory(), name);
  for (const part of PARTS) cpSync(join(PROJECT, part), join(directory, part), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

it('a checkout in a folder with spaces, umlauts, # and % in its name synthesizes and serves', async () => {
  const directory = checkout('my über dir #1 100%25');
  const child = spawn(
    process.execPath,
    ['local/start.ts', '--memory', '--gateway-port', '0', '--management-port', '0', '--quiet'],
    { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  let output = '';
  const closed = once(child, 'close');
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    output += String(chunk);
    if (output.includes('curl ')) break;
  }
  expect(output, errors).toMatch(/^Ready\./);
  const gatewayPort = Number(/http:\/\/localhost:(\d+)\/v2/.exec(output)?.[1]);
  const refused = await send(gatewayPort, '/v2/pet/10');
  expect(refused.status).toBe(401);
  child.kill('SIGTERM');
  await closed;
  expect(child.exitCode).toBe(0);
}, 120_000);
