import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LOGGED_FIELDS } from '../../lambdas/contract/access-line.ts';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const FromFunction = z.object({
  environment: z.string(),
  event: z.looseObject({
    headers: z.record(z.string(), z.string()),
    rawQueryString: z.string(),
    queryStringParameters: z.record(z.string(), z.string()).optional(),
    requestContext: z.looseObject({
      authorizer: z.object({ lambda: z.record(z.string(), z.unknown()) }),
    }),
  }),
});
const FromUrl = z.object({ path: z.string(), headers: z.record(z.string(), z.string()) });

/** A backend at a URL, which answers with the request that reached it. */
async function startEchoServer(): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ path: request.url, headers: request.headers }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

describe("a team's own APIs", () => {
  let server: Server;
  let keybound: RunningKeybound;
  let functions: string;
  let urls: string;

  beforeAll(async () => {
    server = await startEchoServer();
    process.env['ECHO_URL'] = `http://127.0.0.1:${portOf(server)}`;
    keybound = await runKeybound({ app: 'test/journeys/echo-app/app.ts' });
    functions = await keybound.apiId('EchoFunctions');
    urls = await keybound.apiId('EchoUrls');
  });
  afterAll(async () => {
    await keybound.close();
    server.close();
  });

  /** The address that API Gateway itself gives: no custom domain is mapped. */
  function addressOf(name: string, environment: string): string {
    const api = keybound.runner.assembly.apis.find((candidate) => candidate.name.startsWith(name));
    return `http://${String(api?.apiId)}.execute-api.localhost:${keybound.runner.gatewayPort}/${environment}`;
  }

  const call = (url: string, headers: Record<string, string> = {}) =>
    keybound.http.send({ method: 'GET', url, headers });

  it('hand the caller over to a function, and the key not at all', async () => {
    const { apikey, keyUUID } = await keybound.generate('alice', functions, { keyName: 'Echo key' });
    expect(apikey).toMatch(/^acme_prod_/);
    const answer = await call(`${addressOf('EchoFunctions', 'production')}/echo?a=1&echoKey=${apikey}&b=2`, {
      'X-Echo-Key': apikey,
      'x-keybound-owner': 'somebody else',
    });
    const { environment, event } = FromFunction.parse(answer.json);
    expect(environment).toBe('production');
    expect(event.requestContext.authorizer.lambda).toMatchObject({
      keyUUID,
      keyName: 'Echo key',
      keyType: 'PRODUCTION',
      applicationId: 'none',
    });
    expect(event.headers['x-keybound-key-uuid']).toBe(keyUUID);
    expect(event.headers['x-keybound-owner']).toBe(event.requestContext.authorizer.lambda['owner']);
    expect(event.queryStringParameters).toEqual({ a: '1', b: '2' });
    expect(answer.text).not.toContain(apikey);
  });

  it('call the backend of the environment', async () => {
    const { apikey } = await keybound.generate('alice', functions, { keyType: 'SANDBOX' });
    const answer = await call(`${addressOf('EchoFunctions', 'sandbox')}/echo`, { 'x-echo-key': apikey });
    expect(FromFunction.parse(answer.json).environment).toBe('sandbox');
  });

  it('hand the caller over to a URL, and the key not at all', async () => {
    const { apikey, keyUUID } = await keybound.generate('bob', urls);
    const answer = await call(
      `${addressOf('EchoUrls', 'production')}/echo/some%20name?echoKey=${apikey}&b=2`,
      {
        'x-keybound-key-uuid': 'forged',
        'x-keybound-application-id': 'forged',
      },
    );
    const { path, headers } = FromUrl.parse(answer.json);
    expect(path).toBe('/production/echo/some%20name?b=2');
    expect(headers).toMatchObject({ 'x-keybound-key-uuid': keyUUID, 'x-keybound-application-id': 'none' });
    expect(answer.text).not.toContain(apikey);
    expect(answer.text).not.toContain('forged');
  });

  it.each(['EchoFunctions', 'EchoUrls', 'EchoDetailed'])(
    'hand no key over in the Referer of a page that was called with it: %s',
    async (name) => {
      const { apikey } = await keybound.generate('bob', await keybound.apiId(name));
      const page = `${addressOf(name, 'production')}/echo?echoKey=${apikey}`;
      const answer = await call(page, { referer: page });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain(apikey);
    },
  );

  it.each(['EchoFunctions', 'EchoUrls', 'EchoGuardedPlainly'])(
    'let API Gateway itself answer refused calls, unless they want details: %s',
    async (name) => {
      const url = `${addressOf(name, 'production')}/echo`;
      const { apikey } = await keybound.generate('alice', await keybound.apiId(name), { keyType: 'SANDBOX' });
      const refusals = await Promise.all([
        call(url),
        call(url, { 'x-echo-key': 'junk' }),
        call(url, { 'x-echo-key': apikey }),
      ]);
      expect(refusals.map(({ status, text }) => [status, text])).toEqual([
        [401, '{"message":"Unauthorized"}'],
        [401, '{"message":"Unauthorized"}'],
        [403, '{"message":"Forbidden"}'],
      ]);
    },
  );

  it('can have a guarded backend without wanting details: it serves allowed calls as any', async () => {
    const { apikey, keyUUID } = await keybound.generate('alice', await keybound.apiId('EchoGuardedPlainly'));
    const answer = await call(`${addressOf('EchoGuardedPlainly', 'production')}/echo`, {
      'x-echo-key': apikey,
    });
    expect(FromFunction.parse(answer.json).event.requestContext.authorizer.lambda['keyUUID']).toBe(keyUUID);
  });

  it('hand over no more than the grant where refusals have details, and nothing that was forged', async () => {
    const { apikey, keyUUID } = await keybound.generate('alice', await keybound.apiId('EchoDetailed'));
    const url = `${addressOf('EchoDetailed', 'sandbox')}/echo?decision=allow`;
    const refused = await call(url, { 'x-echo-key': apikey, origin: 'https://pages.example' });
    expect([refused.status, refused.json]).toMatchObject([403, { code: '900908' }]);
    expect(refused.headers).toMatchObject({
      'access-control-allow-origin': 'https://pages.example',
      'access-control-expose-headers':
        'x-total,ratelimit,ratelimit-policy,retry-after,www-authenticate,x-amzn-remapped-www-authenticate',
    });
    const allowed = await call(`${addressOf('EchoDetailed', 'production')}/echo`, {
      'x-echo-key': apikey,
      'x-keybound-owner': 'forged',
      origin: 'https://other.example',
    });
    const { event } = FromFunction.parse(allowed.json);
    expect(Object.keys(event.requestContext.authorizer.lambda).toSorted()).toEqual(
      ['keyName', 'owner', 'subscriptionPolicy', ...Object.values(LOGGED_FIELDS)].toSorted(),
    );
    expect(event.headers['x-keybound-key-uuid']).toBe(keyUUID);
    expect(allowed.text).not.toContain('forged');
    expect(allowed.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('write no key into any log', async () => {
    const { apikey } = await keybound.generate('bob', urls);
    await call(`${addressOf('EchoUrls', 'production')}/echo?echoKey=${apikey}`);
    await call(`${addressOf('EchoFunctions', 'production')}/echo?echoKey=${apikey}`);
    await call(`${addressOf('EchoUrls', 'production')}/echo/${apikey}?echoKey=${apikey}`);
    await call(`${addressOf('EchoUrls', 'production')}/${apikey}`);
    await call(`${addressOf('EchoUrls', 'sandbox')}/echo`, {
      'x-echo-key': apikey,
      referer: `https://x/?k=${apikey}`,
    });
    await call(`${addressOf('EchoUrls', 'production')}/nothing/here?echoKey=${apikey}`);
    await keybound.runner.settle();
    const sources = new Set(keybound.lines.map(({ source }) => source));
    expect(sources).toContain('access-log');
    expect(sources).toContain('function');
    expect(keybound.lines.filter(({ line }) => line.includes(apikey))).toEqual([]);
  });

  it('want the key just where the document says', async () => {
    const { apikey } = await keybound.generate('bob', urls);
    const url = `${addressOf('EchoUrls', 'production')}/echo`;
    expect((await call(url, { apikey })).status).toBe(401);
    expect((await call(`${url}?echokey=${apikey}`)).status).toBe(401);
    expect((await call(`${url}?echoKey=${apikey}&echoKey=${apikey}`)).status).toBe(401);
    expect((await call(url, { 'X-ECHO-KEY': ` ${apikey} ` })).status).toBe(200);
  });
});
