import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { send, startSample } from './sample-runner.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const START = fileURLToPath(new URL('../../local/start.ts', import.meta.url));

/** Runs `local/start.ts` until it ends. */
async function startCommand(args: readonly string[]) {
  const child = spawn(process.execPath, [START, ...args], {
    cwd: temporaryDirectory(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, 'close');
  return { exitCode: child.exitCode, output, errors };
}

const PORT_FLAGS = ['--gateway-port', '--management-port', '--sandbox-port'];
const FREE_PORTS = PORT_FLAGS.flatMap((flag) => [flag, '0']);
const STARTING = 'Starting: the first start synthesizes the app and takes a while …\n';

describe('npm start', () => {
  it('names the variable and the address when no database answers there', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:9');
    const { exitCode, errors } = await startCommand(['--memory', ...FREE_PORTS]);
    vi.unstubAllEnvs();
    expect(exitCode).toBe(1);
    expect(errors).toMatch(
      /^Starting: .*\nNo DynamoDB-compatible server answers at http:\/\/127\.0\.0\.1:9 \(AWS_ENDPOINT_URL_DYNAMODB\): .+\n$/,
    );
  });

  it('names the flag when the data directory is a file', async () => {
    const file = join(temporaryDirectory(), 'data');
    writeFileSync(file, '');
    const { exitCode, errors } = await startCommand(['--data-dir', file, ...FREE_PORTS]);
    expect(exitCode).toBe(1);
    expect(errors).toMatch(
      new RegExp(
        `^Starting: .*\nThe data directory ${file} cannot be used \\(.+\\); choose another one with --data-dir\n$`,
      ),
    );
  });

  it('explains its flags', async () => {
    const { exitCode, output } = await startCommand(['--help']);
    expect(exitCode).toBe(0);
    for (const flag of [
      '--gateway-port',
      '--management-port',
      '--sandbox-port',
      '--data-dir',
      '--memory',
      '--source-ip-header',
      '--quiet',
    ]) {
      expect(output).toContain(flag);
    }
  });

  it.each([
    [['--gatewayport', '1'], /--gatewayport/],
    [['--gateway-port', 'http'], /--gateway-port: http is not a port/],
    [['--gateway-port', '70000'], /--gateway-port: 70000 is not a port/],
    [['--gateway-port', '9443'], /must differ/],
    [['--sandbox-port', '9443'], /--management-port and --sandbox-port must differ/],
    [['--memory', '--data-dir', 'x'], /--memory .* cannot go with --data-dir/],
    [['--source-ip-header', 'a b'], /--source-ip-header: a b is not the name of a header/],
    [['extra'], /extra/],
  ])('ends with 2 and a reason for %j', async (args, reason) => {
    const { exitCode, errors } = await startCommand(args);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(reason);
    expect(errors).not.toMatch(/\n\s+at /);
  });

  it.each(PORT_FLAGS)('names the flag of a busy port: %s', async (flag) => {
    const { gatewayPort } = await startSample();
    const others = PORT_FLAGS.filter((other) => other !== flag).flatMap((other) => [other, '0']);
    const { exitCode, errors } = await startCommand(['--memory', ...others, flag, String(gatewayPort)]);
    expect(exitCode).toBe(1);
    expect(errors).toBe(`${STARTING}Port ${gatewayPort} is in use; choose another one with ${flag}\n`);
  });

  it('serves the project itself, says where, and ends without leftovers on SIGTERM', async () => {
    const directory = temporaryDirectory();
    const args = [...FREE_PORTS, '--data-dir', 'data', '--quiet'];
    const child = spawn(process.execPath, [START, ...args], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    const closed = once(child, 'close');
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += String(chunk);
      if (output.includes('curl ')) break;
    }
    expect(output).toMatch(/^Ready\./);
    const managementPort = Number(/management: http:\/\/localhost:(\d+)/.exec(output)?.[1]);
    expect((await send(managementPort, '/.well-known/openid-configuration')).status).toBe(200);
    const enginePid = Number(readFileSync(join(directory, 'data/engine.pid'), 'utf8'));
    child.kill('SIGTERM');
    await closed;
    expect(child.exitCode).toBe(0);
    expect(existsSync(`/proc/${enginePid}`)).toBe(false);
    expect(existsSync(join(directory, 'data/engine.pid'))).toBe(false);
  }, 300_000);
});
