import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LAUNCHER, spawnCli } from './run-cli.ts';

/** What an older Node is like: it cannot read TypeScript. */
const OLDER_NODE = ['--no-experimental-strip-types'];

describe('the launcher', () => {
  it.each([
    ['a Node that reads TypeScript', []],
    ['an older Node', OLDER_NODE],
  ])('runs the command line under %s, and passes its exit code on', async (_what, nodeFlags) => {
    const help = await spawnCli(['--help'], { nodeFlags });
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('keybound COMMAND [flags]');
    const unknown = await spawnCli(['kys'], { nodeFlags });
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('Did you mean keys?');
    const nobody = await spawnCli([], { nodeFlags });
    expect(nobody).toMatchObject({ code: 2, out: '' });
  });

  it.each([[[]], [OLDER_NODE]])('ends when it is told to (%j)', async (nodeFlags) => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close().closeAllConnections();
    });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = `http://127.0.0.1:${address.port}`;
    const child = spawn(process.execPath, [...nodeFlags, LAUNCHER, 'apis', 'list', '--url', url], {
      env: { PATH: process.env['PATH'] ?? '', KEYBOUND_TOKEN: 't' },
      stdio: 'ignore',
    });
    await once(server, 'request');
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.signalCode === 'SIGTERM' || child.exitCode === 143).toBe(true);
  });

  it('is at peace with a reader that stops reading', () => {
    const pipeline = `"${process.execPath}" "${LAUNCHER}" --help | head -n 1`;
    const { stdout, stderr } = spawnSync('sh', ['-c', pipeline], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'Usage: keybound COMMAND [flags]\n', stderr: '' });
  });
});
