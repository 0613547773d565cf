import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Runs a script of Node.js until it ends by itself. @returns its exit code, and all that it said. */
export async function runToEnd(
  script: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'>,
) {
  const child = spawn(process.execPath, [script, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  await once(child, 'close');
  return { exitCode: child.exitCode, said };
}
