import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createHttpClient } from '../../local/demo/http-client.ts';
import { signIn } from '../../local/demo/sign-in.ts';
import { LAUNCHER } from '../cli/run-cli.ts';
import { temporaryDirectory } from '../local/temporary-directory.ts';
import { ADMIN, PORTAL } from '../support/run-keybound.ts';

const RUNNER = new URL('runner-process.ts', import.meta.url).pathname;
const KEYS = 320;
const AT_ONCE = 8;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}

/** A runner in a process of its own, with the data of the one before it. */
async function startRunnerProcess(dataDirectory: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [RUNNER, inject('assembly'), dataDirectory, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  });
  for await (const chunk of child.stdout.setEncoding('utf8')) if (String(chunk).includes('Ready.')) break;
  child.stdout.resume();
  return child;
}

const Report = z.object({
  list: z.array(z.object({ keyUUID: z.string(), outcome: z.string() })),
  progress: z.object({ revoked: z.number(), alreadyEnded: z.number(), failed: z.number() }),
});

describe('a bulk revocation', () => {
  it('survives that the command line and the runner are killed in the middle, and reports every key', async () => {
    const [dataDirectory, port] = [temporaryDirectory(), await freePort()];
    const url = `http://localhost:${port}`;
    let runner = await startRunnerProcess(dataDirectory, port);
    const http = createHttpClient();
    onTestFinished(() => http.close());
    const token = await signIn(http, url, 'bob');
    const admin = await signIn(http, url, 'admin');
    const send = (bearer: string, method: string, path: string, body?: unknown) =>
      http.send({
        method,
        url: `${url}${path}`,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    const Apis = z.object({ list: z.array(z.object({ id: z.string() })) });
    const [api] = Apis.parse((await send(token, 'GET', `${PORTAL}/apis`)).json).list;
    const ids: string[] = [];
    const make = async () => {
      for (let made = 0; made < KEYS / AT_ONCE; made += 1) {
        const answer = await send(token, 'POST', `${PORTAL}/apis/${api?.id ?? ''}/api-keys/generate`, {});
        ids.push(z.object({ keyUUID: z.string() }).parse(answer.json).keyUUID);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, make));

    /** The command line, with what happens once it tells of its first step. */
    const revoke = async (onProgress?: (child: ChildProcess) => void) => {
      const args = [LAUNCHER, 'keys', 'bulk-revoke', '--owner', 'bob', '--yes', '--json'];
      const child = spawn(process.execPath, args, {
        env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', KEYBOUND_URL: url, KEYBOUND_TOKEN: admin },
      });
      let [out, err, isTold] = ['', '', false];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
        if (isTold || !/[1-9]\d* revoked, /.test(err)) return;
        isTold = true;
        onProgress?.(child);
      });
      await once(child, 'close');
      return { code: child.exitCode, out, err };
    };

    const killed = await revoke((child) => child.kill('SIGKILL'));
    expect(killed.code).toBeNull();
    // The runner dies; the command line says how to go on, or goes on with the next runner.
    const broken = await revoke((child) => {
      runner.kill('SIGKILL');
      child.kill('SIGINT');
    });
    // On a fast machine the last step can end before the signal arrives: then the whole report was printed.
    if (broken.out === '') expect(broken.err).toContain('keybound keys bulk-revoke --resume ');
    else expect(Report.parse(JSON.parse(broken.out)).list).toHaveLength(KEYS);
    if (runner.signalCode === null) await once(runner, 'close');
    runner = await startRunnerProcess(dataDirectory, port);

    const { code, out } = await revoke();
    expect(code).toBe(0);
    const { list, progress } = Report.parse(JSON.parse(out));
    expect(list.map(({ keyUUID }) => keyUUID).sort()).toEqual([...ids].sort());
    expect(progress).toMatchObject({ failed: 0 });
    expect(progress.alreadyEnded).toBeGreaterThan(0);
    const left = await send(admin, 'GET', `${ADMIN}/api-keys?owner=bob`);
    expect(left.json).toMatchObject({ count: 0 });
  }, 600_000);
});
