import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const Totals = z.object({ totals: z.object({ calls: z.number(), refusals: z.number() }) });
const Document = z.object({ paths: z.record(z.string(), z.unknown()) });

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

describe('an HTTP API of CDK with the authorizer of Keybound', () => {
  let server: Server;
  let keybound: RunningKeybound;
  let orders: string;
  /** All that has reached the server behind the API. */
  let reached = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      reached += JSON.stringify([request.url, request.rawHeaders]);
      response.end(JSON.stringify(request.headers));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env['ECHO_URL'] = `http://127.0.0.1:${portOf(server)}`;
    keybound = await runKeybound({ app: 'test/journeys/existing-api-app/app.ts' });
    orders = await keybound.apiId('Orders');
  });
  afterAll(async () => {
    await keybound.close();
    server.close();
  });

  function call(path: string, headers: Record<string, string> = {}, name = 'Existing Orders') {
    const api = keybound.runner.assembly.apis.find((candidate) => candidate.name === name);
    const url = `http://${String(api?.apiId)}.execute-api.localhost:${keybound.runner.gatewayPort}${path}`;
    return keybound.http.send({ method: 'GET', url, headers });
  }
  const revoke = (apiId: string, keyUUID: string) =>
    keybound.manage('alice', 'POST', `${PORTAL}/apis/${apiId}/api-keys/revoke`, { keyUUID });
  const totalsOf = async (keyUUID: string) => {
    await keybound.runner.settle();
    const answer = await keybound.manage(
      'alice',
      'GET',
      `${PORTAL}/apis/${orders}/api-keys/${keyUUID}/usage`,
    );
    return Totals.parse(answer.json).totals;
  };

  it.each(['/echo', '/echo-v1', '/server/book'])(
    'wants a key, and hands it on to nobody: %s',
    async (path) => {
      const { apikey, keyUUID } = await keybound.generate('alice', orders);
      reached = '';
      const forged = { 'x-keybound-owner': 'forged' };
      const allowed = [
        await call(path, { 'x-echo-key': apikey, ...forged }),
        await call(`${path}?echoKey=${apikey}`, { referer: `https://shop.example/?echoKey=${apikey}` }),
      ];
      const refused = [await call(path), await call(path, { 'x-echo-key': 'junk' })];
      expect([...allowed, ...refused].map(({ status }) => status)).toEqual([200, 200, 401, 401]);
      for (const { text } of allowed) {
        expect(text).toContain(keyUUID);
        expect(text).not.toContain(apikey);
        expect(text).not.toContain('forged');
      }
      expect(reached).not.toContain(apikey);
    },
  );

  it('refuses a revoked key at the next call', async () => {
    const { apikey, keyUUID } = await keybound.generate('alice', orders);
    expect((await call('/echo', { 'x-echo-key': apikey })).status).toBe(200);
    expect((await revoke(orders, keyUUID)).status).toBe(200);
    expect((await call('/echo', { 'x-echo-key': apikey })).status).toBe(401);
  });

  it('has the environments apart by its stages', async () => {
    const { apikey } = await keybound.generate('alice', orders, { keyType: 'SANDBOX' });
    const answers = [
      await call('/sandbox/echo', { 'x-echo-key': apikey }),
      await call('/echo', { 'x-echo-key': apikey }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 403]);
  });

  it('counts the calls and the refusals of both stages', async () => {
    const { apikey, keyUUID } = await keybound.generate('alice', orders);
    await call('/echo', { 'x-echo-key': apikey });
    await call('/server/book', { 'x-echo-key': apikey });
    await call('/sandbox/echo', { 'x-echo-key': apikey });
    expect(await totalsOf(keyUUID)).toEqual({ calls: 2, refusals: 1 });
  });

  it('refuses paths that its server could take for others', async () => {
    const { apikey } = await keybound.generate('alice', orders);
    expect((await call('/server/%252e%252e', { 'x-echo-key': apikey })).status).toBe(403);
  });

  it('leaves its routes without keys open, where nobody can pass for a caller with one', async () => {
    const { apikey } = await keybound.generate('alice', orders);
    const answer = await call(`/open?echoKey=${apikey}`, {
      'x-echo-key': apikey,
      'x-keybound-owner': 'forged',
    });
    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(apikey);
    expect(answer.text).not.toContain('forged');
  });

  it('shows developers its routes with keys', async () => {
    const { json } = await keybound.manage('alice', 'GET', `${PORTAL}/apis/${orders}/swagger`);
    expect(Object.keys(Document.parse(json).paths)).toEqual(['/echo', '/echo-v1', '/server/{name}']);
  });

  it('takes a cached decision back when its key is revoked', async () => {
    const cached = await keybound.apiId('Cached');
    const { apikey, keyUUID } = await keybound.generate('alice', cached);
    const path = '/production/echo';
    expect((await call(path, { apikey }, 'Existing Cached')).status).toBe(200);
    expect((await revoke(cached, keyUUID)).status).toBe(200);
    await keybound.runner.settle();
    expect((await call(path, { apikey }, 'Existing Cached')).status).toBe(401);
  });

  it('writes no key into any log', async () => {
    const { apikey } = await keybound.generate('alice', orders);
    await call(`/echo?echoKey=${apikey}`, { 'x-echo-key': apikey });
    await call(`/server/${apikey}?echoKey=${apikey}`);
    await call(`/nothing/here?echoKey=${apikey}`);
    await keybound.runner.settle();
    expect(new Set(keybound.lines.map(({ source }) => source))).toContain('access-log');
    expect(keybound.lines.filter(({ line }) => line.includes(apikey))).toEqual([]);
  });
});
