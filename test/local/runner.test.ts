import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { RunnerLine } from '../../local/runner.ts';
import { objectLike } from './any-text.ts';
import { writeSampleAssembly } from './assembly/sample-assembly.ts';
import { ISSUER, note, parseJson, putNote, send, startSample, tokenFor } from './sample-runner.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const CHILD = fileURLToPath(new URL('./assembly/run-child.ts', import.meta.url));

describe('a runner', () => {
  it('serves an API through its domain, with authorizer, stage variables and table', async () => {
    const runner = await startSample();
    expect((await putNote(runner, 'a', 'hello')).body).toEqual({
      text: 'hello',
      stage: 'green',
      caller: 'me',
      address: '127.0.0.1',
    });
    const sandbox = await note(runner, 'a', { host: 'sandbox.localhost' });
    expect(sandbox.body).toMatchObject({ text: 'hello', stage: 'sand' });
    const refused = await note(runner, 'a', { headers: { apikey: 'nobody' } });
    expect([refused.status, refused.body]).toEqual([403, { message: 'Forbidden' }]);
    const anonymous = await send(runner.gatewayPort, '/notes/1.0.0/notes/a');
    expect([anonymous.status, anonymous.body]).toEqual([401, { message: 'Unauthorized' }]);
  });

  it('serves an API under the address of this machine and under its own execute-api host', async () => {
    const runner = await startSample();
    await putNote(runner, 'a', 'hello');
    expect((await note(runner, 'a', { host: `127.0.0.1:${runner.gatewayPort}` })).status).toBe(200);
    expect((await note(runner, 'a', { host: `[::1]:${runner.gatewayPort}` })).status).toBe(200);
    const apiId = runner.assembly.apis.find(({ name }) => name === 'notes')?.apiId ?? '';
    const direct = await send(runner.gatewayPort, '/sandbox/notes/a', {
      host: `${apiId}.execute-api.localhost`,
      headers: { apikey: 'me' },
    });
    expect(direct.body).toMatchObject({ text: 'hello', stage: 'sand' });
    expect((await note(runner, 'a', { host: 'elsewhere.example' })).status).toBe(403);
  });

  it('has the issuer and the management API on the other port, which takes the tokens of this issuer only', async () => {
    const runner = await startSample();
    const authorization = `Bearer ${await tokenFor(runner, 'alice')}`;
    const known = await send(runner.managementPort, '/notes/x', { headers: { authorization } });
    expect([known.status, known.body]).toMatchObject([200, { caller: 'alice' }]);
    expect((await send(runner.managementPort, '/notes/x')).status).toBe(401);
    const other = await startSample();
    expect((await send(other.managementPort, '/notes/x', { headers: { authorization } })).status).toBe(401);
    expect((await send(runner.managementPort, '/.well-known/jwks.json')).status).toBe(200);
  });

  it('hands the records of a stream to its function', async () => {
    const runner = await startSample();
    await putNote(runner, 'source', 'first');
    await putNote(runner, 'source', 'second');
    await runner.settle();
    expect((await note(runner, 'seen-by-stream')).body).toMatchObject({ text: 'MODIFY second' });
  });

  it('hands access-log lines that pass a subscription filter to its function', async () => {
    const lines: RunnerLine[] = [];
    const runner = await startSample({ writeLine: (line) => lines.push(line) });
    await putNote(runner, 'a', 'hello');
    await note(runner, 'a', { headers: { apikey: 'nobody' } });
    await runner.settle();
    const seen = JSON.stringify((await note(runner, 'seen-in-log')).body).replaceAll('\\', '');
    expect(seen).toMatch(/vendedlogs\/notes \{"id":"[^"]+","status":"403"\}/);
    const statuses = lines.filter(({ source }) => source === 'access-log').map(({ line }) => line);
    expect(statuses.map((line) => line.replace(/"id":"[^"]+",/, ''))).toEqual([
      '{"status":"200"}',
      '{"status":"403"}',
      '{"status":"200"}',
    ]);
  });

  it('takes the client address from a header when told to', async () => {
    const runner = await startSample({ sourceIpHeader: 'X-Test-Ip' });
    const { body } = await note(runner, 'a', { headers: { 'x-test-ip': '203.0.113.9' } });
    expect(body).toMatchObject({ address: '203.0.113.9' });
  });

  it('keeps data, custom resources and its signing key over a restart in a data directory', async () => {
    const dataDirectory = join(temporaryDirectory(), 'data');
    const first = await startSample({ dataDirectory });
    expect((await note(first, 'seeded')).body).toMatchObject({ text: 'Create one' });
    await putNote(first, 'a', 'kept');
    await putNote(first, 'seeded', 'untouched');
    const authorization = `Bearer ${await tokenFor(first, 'alice')}`;
    await first.close();

    const second = await startSample({ dataDirectory });
    expect((await note(second, 'a')).body).toMatchObject({ text: 'kept' });
    expect((await note(second, 'seeded')).body).toMatchObject({ text: 'untouched' });
    expect((await send(second.managementPort, '/notes/a', { headers: { authorization } })).status).toBe(200);
    await second.close();

    const third = await startSample({ dataDirectory, sample: { seedText: 'two' } });
    expect((await note(third, 'seeded')).body).toMatchObject({ text: 'Update two' });
  });

  it('keeps what was answered when it is killed, and the next one starts on the same directory', async () => {
    const dataDirectory = join(temporaryDirectory(), 'data');
    const assembly = writeSampleAssembly(temporaryDirectory(), { issuer: ISSUER });
    const child = spawn(process.execPath, [CHILD, assembly, dataDirectory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ready = new Promise<string>((resolve) =>
      createInterface({ input: child.stdout }).once('line', resolve),
    );
    const ports = z.object({ gatewayPort: z.number() }).parse(parseJson(await ready));
    const texts = Array.from({ length: 40 }, (_, index) => `text-${index}`);
    for (const text of texts) await putNote(ports, text, text);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const runner = await startSample({ dataDirectory });
    const kept = await Promise.all(texts.map(async (text) => (await note(runner, text)).body));
    expect(kept).toEqual(texts.map((text) => objectLike({ text })));
  });
});

describe('a start is refused', () => {
  it('when a custom resource fails, with the reason, and nothing is left running', async () => {
    const dataDirectory = join(temporaryDirectory(), 'data');
    await expect(startSample({ dataDirectory, sample: { seedText: 'fail' } })).rejects.toThrow(
      'Cannot run Sample/Seeded (Custom::Seed): Create failed: told to fail',
    );
    await startSample({ dataDirectory });
  });

  it('when a resource cannot be run', async () => {
    const extra = { Bucket: { Type: 'AWS::S3::Bucket' } };
    await expect(startSample({ sample: { extra } })).rejects.toThrow(/Sample\/Bucket \(AWS::S3::Bucket\)/);
  });

  it('when another runner uses the data directory', async () => {
    const dataDirectory = join(temporaryDirectory(), 'data');
    await startSample({ dataDirectory });
    await expect(startSample({ dataDirectory })).rejects.toMatchObject({ code: 'DATA_DIRECTORY_IN_USE' });
  });

  it('when a port is in use', async () => {
    const runner = await startSample();
    await expect(startSample({ managementPort: runner.gatewayPort })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      port: runner.gatewayPort,
    });
  });
});
