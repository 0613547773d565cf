import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
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

  it('write no key into any log', async () => {
    const { apikey } = await keybound.generate('bob', urls);
    await call(`${addressOf('EchoUrls', 'production')}/echo?echoKey=${apikey}`);
    await call(`${addressOf('EchoFunctions', 'production')}/echo?echoKey=${apikey}`);
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
