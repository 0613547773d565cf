import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { EXIT_CODES } from '../cli/failures.ts';
import { openDatabase } from '../local/dynamodb/database.ts';
import { createDeveloper } from '../local/runner/developer.ts';
import { fillTable } from './filled-table.ts';
import type { Finding } from './finding.ts';

const KEYS = 10_000;
/** When the runner is killed, for the first command; the next one comes to what it left. */
const KILLED_AT = 3_000;
const MOST_RUNS = 5;
const ROOT = resolve(import.meta.dirname, '..');

const Tables = z.object({ TableNames: z.array(z.string()) });
const Report = z.object({
  list: z.array(z.object({ keyUUID: z.string(), outcome: z.string() })),
  progress: z.object({ revoked: z.number(), alreadyEnded: z.number(), failed: z.number() }),
});

/**
 * Revokes 10,000 keys by the command line on a runner that is killed in the middle.
 * @throws Error when a key is not reported, or not revoked.
 */
export async function benchBulkRevoke(): Promise<readonly Finding[]> {
  const home = mkdtempSync(join(tmpdir(), 'keybound-bench-'));
  const database = await openDatabase({ report: (text) => process.stderr.write(`${text}\n`) });
  const runners: ChildProcess[] = [];
  try {
    const start = () => startRunner(home, database.endpoint, runners);
    let url = await start();
    const { TableNames } = Tables.parse(await database.call('ListTables', {}));
    const tableName = TableNames.find((name) => /^Keybound-local-Table/.test(name));
    if (tableName === undefined) throw new Error('the runner has no table of keys');
    await fillTable(database.endpoint, tableName, KEYS);

    const startedAt = performance.now();
    const broken = await revoke(home, url, (revoked) => {
      if (revoked >= KILLED_AT) runners.at(-1)?.kill('SIGKILL');
    });
    if (broken.code === 0) throw new Error('the runner was not killed in time');
    process.stderr.write(`${broken.err.trim().split('\n').slice(-3).join('\n')}\n`);
    url = await start();
    const { code, out, err } = await revokeToTheEnd(home, url);
    const seconds = (performance.now() - startedAt) / 1000;
    if (code !== 0) throw new Error(err);
    const { list, progress } = Report.parse(JSON.parse(out));
    const reported = new Set(list.map(({ keyUUID }) => keyUUID)).size;
    if (reported !== KEYS || progress.failed > 0 || progress.revoked + progress.alreadyEnded !== KEYS) {
      throw new Error(`${reported} keys are reported: ${JSON.stringify(progress)}`);
    }
    return [
      {
        name: 'bulk revocation, runner killed in the middle',
        measured: `${reported} keys reported`,
        against: `${KEYS} keys in ${seconds.toFixed(0)} s`,
        ratio: reported / KEYS,
        target: { atLeast: 1 },
      },
    ];
  } finally {
    for (const runner of runners) runner.kill('SIGKILL');
    await database.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** @returns the address of the management API. */
async function startRunner(home: string, endpoint: string, runners: ChildProcess[]): Promise<string> {
  const ports = ['--gateway-port', '--management-port', '--sandbox-port'].flatMap((flag) => [flag, '0']);
  const args = [join(ROOT, 'local/start.ts'), '--data-dir', join(home, 'data'), '--quiet', ...ports];
  const runner = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  runners.push(runner);
  for await (const line of createInterface({ input: runner.stdout })) {
    const [, url] = /^ {2}management: (\S+)$/.exec(line) ?? [];
    if (url !== undefined) {
      runner.stdout.resume();
      return url;
    }
  }
  throw new Error('the runner did not start');
}

/** Runs the command again for as long as only the session ends: a slow machine takes longer than that. */
async function revokeToTheEnd(home: string, url: string) {
  for (let runs = 1; ; runs += 1) {
    const run = await revoke(home, url);
    if (run.code !== EXIT_CODES.notSignedIn || runs === MOST_RUNS) return run;
  }
}

/** Runs the command line; `onProgress` gets how many keys it has revoked. */
async function revoke(home: string, url: string, onProgress: (revoked: number) => void = () => undefined) {
  const token = await createDeveloper(url, randomUUID).token('admin');
  const before = new Date(Date.now() + 60_000).toISOString();
  const args = ['keys', 'bulk-revoke', '--created-before', before, '--yes', '--json'];
  const child = spawn(process.execPath, [join(ROOT, 'cli/keybound.mjs'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, KEYBOUND_URL: url, KEYBOUND_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    onProgress(Number(/(\d+) revoked, (?!.*revoked, )/s.exec(err)?.[1] ?? 0));
  });
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}
