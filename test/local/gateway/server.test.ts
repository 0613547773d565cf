import http from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createGateway } from '../../../local/gateway/server.ts';
import {
  API_ID,
  EXECUTE_HOST,
  api,
  functionArn,
  functions,
  guarded,
  lambda,
  manualClock,
  returned,
  route,
  stage,
  startGateway,
  threw,
} from './fixtures.ts';
import { ask, json } from './http-client.ts';

const FORMAT =
  '{"id":"$context.requestId","status":$context.status,"route":"$context.routeKey","key":"$context.authorizer.keyUUID","error":"$context.error.message","why":"$context.authorizer.error","latency":"$context.integrationLatency"}';
const accessLog = { destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:x', format: FORMAT };

const pizza = api({
  routes: [
    route('GET /menu', {
      authorization: guarded(),
      integration: lambda({
        requestParameters: {
          'overwrite:header.x-key-id': '$context.authorizer.keyUUID',
          'remove:header.apikey': "''",
          'remove:querystring.apikey': "''",
        },
      }),
    }),
    route('ANY /open/{proxy+}'),
  ],
  stages: [
    stage({ name: 'production', variables: { env: 'PRODUCTION' }, accessLog }),
    stage({ name: 'sandbox' }),
  ],
});

const mappings = [
  { domainName: 'localhost', mappingKey: 'pizzashack/1.0.0', apiId: API_ID, stage: 'production' },
  { domainName: 'sandbox.localhost', mappingKey: 'pizzashack/1.0.0', apiId: API_ID, stage: 'sandbox' },
];

describe('a guarded call', () => {
  it('reaches the function with the identity of the authorizer and without the key', async () => {
    const { invoke } = functions();
    const { port } = await startGateway({ apis: [pizza], mappings, invoke }, null);
    const answer = await ask(port, '/pizzashack/1.0.0/menu?apikey=secret&size=l', {
      headers: ['Host', 'LOCALHOST:8243', 'ApiKey', 'secret', 'X-Key-Id', 'forged', 'x-key-id', 'forged too'],
    });
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({
      rawPath: '/pizzashack/1.0.0/menu',
      rawQueryString: 'size=l',
      queryStringParameters: { size: 'l' },
      headers: { 'x-key-id': 'k-1' },
      stageVariables: { env: 'PRODUCTION' },
      requestContext: {
        stage: 'production',
        domainName: 'localhost',
        authorizer: { lambda: { keyUUID: 'k-1' } },
        requestId: answer.headers['apigw-requestid'],
        http: { sourceIp: '127.0.0.1' },
      },
    });
    expect(answer.body.toString()).not.toContain('secret');
  });

  it('reaches the stage that the host is mapped to', async () => {
    const { invoke } = functions();
    const { port } = await startGateway({ apis: [pizza], mappings, invoke }, null);
    const answer = await ask(port, '/pizzashack/1.0.0/menu', { headers: { host: 'sandbox.localhost:8243' } });
    expect(json(answer)).toMatchObject({ requestContext: { stage: 'sandbox' } });
  });

  it('has the stage in its path on an execute-api host', async () => {
    const { invoke } = functions();
    const { port } = await startGateway({ apis: [pizza], mappings, invoke }, null);
    const answer = await ask(port, '/sandbox/menu', { headers: { host: EXECUTE_HOST } });
    expect(json(answer)).toMatchObject({
      rawPath: '/sandbox/menu',
      requestContext: { http: { path: '/sandbox/menu' } },
    });
  });

  it.each([
    [threw('Unauthorized'), 401, 'Unauthorized', '-'],
    [returned({ isAuthorized: false, context: { keyUUID: 'k-1' } }), 403, 'Forbidden', '-'],
    [threw('boom'), 500, 'Internal Server Error', 'The authorizer function failed: boom'],
    [returned({}), 500, 'Internal Server Error', 'The authorizer function returned an invalid response'],
  ])('ends at the authorizer with %j', async (decision, status, message, why) => {
    const { invoke, invoked } = functions(decision);
    const { port, accessLog: lines } = await startGateway({ apis: [pizza], mappings, invoke }, null);
    const answer = await ask(port, '/pizzashack/1.0.0/menu', { headers: { host: 'localhost' } });
    expect([answer.status, answer.body.toString()]).toEqual([status, `{"message":"${message}"}`]);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(invoked).toEqual([functionArn('authorizer')]);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      {
        id: answer.headers['apigw-requestid'],
        status,
        route: 'GET /menu',
        key: '-',
        error: message,
        why,
        latency: '-',
      },
    ]);
  });

  it('is logged with the context of the authorizer once it is allowed', async () => {
    const { invoke } = functions();
    const { port, accessLog: lines } = await startGateway(
      { apis: [pizza], mappings, invoke, clock: manualClock() },
      null,
    );
    await ask(port, '/pizzashack/1.0.0/menu', { headers: { host: 'localhost' } });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ status: 200, key: 'k-1', error: '-', latency: '0' });
  });
});

describe('what no route takes', () => {
  it.each([
    ['localhost', '/pizzashack/1.0.0/nothing', 404, 'Not Found'],
    ['localhost', '/pizzashack/2.0.0/menu', 403, 'Forbidden'],
    ['unknown.example.com', '/menu', 403, 'Forbidden'],
    [EXECUTE_HOST, '/nostage/menu', 404, 'Not Found'],
    ['localhost', '/pizzashack/1.0.0/menu%zz', 400, 'Bad Request'],
    ['localhost', '/pizzashack/1.0.0/menu%25', 400, 'Bad Request'],
  ])('on %s %s is %i', async (host, path, status, message) => {
    const { invoke, invoked } = functions();
    const { port } = await startGateway({ apis: [pizza], mappings, invoke }, null);
    const answer = await ask(port, path, { headers: { host } });
    expect([answer.status, answer.body.toString()]).toEqual([status, `{"message":"${message}"}`]);
    expect(answer.headers['apigw-requestid']).toMatch(/^[\w-]{15}=$/);
    expect(invoked).toEqual([]);
  });

  it('is logged with a dash for the route when its stage is known', async () => {
    const { port, accessLog: lines } = await startGateway({ apis: [pizza], mappings }, null);
    await ask(port, '/pizzashack/1.0.0/nothing', { headers: { host: 'localhost' } });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ status: 404, route: '-', error: 'Not Found' });
  });

  it('refuses a request with two hosts', async () => {
    const { port } = await startGateway({ apis: [pizza], mappings }, null);
    const answer = await ask(port, '/pizzashack/1.0.0/menu', {
      headers: ['Host', 'localhost', 'Host', 'localhost'],
    });
    expect(answer.status).toBe(400);
  });
});

describe('one gateway behind several listeners', () => {
  it('serves by host on one port and a fixed API on another', async () => {
    const portal = api({ apiId: 'portal1234' });
    const options = {
      apis: [pizza, portal],
      mappings,
      invoke: (_arn: string, event: unknown) => Promise.resolve(returned(event)),
      writeAccessLog: () => undefined,
    };
    const gateway = createGateway(options);
    const server = http.createServer((request, response) => {
      void gateway.handle(request, response, { apiId: 'portal1234' });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const answer = await ask(port, '/api/am/devportal/v3/apis', { headers: { host: 'anything:9443' } });
    expect(json(answer)).toMatchObject({
      rawPath: '/api/am/devportal/v3/apis',
      requestContext: { apiId: 'portal1234', stage: '$default', domainName: 'anything' },
    });
    server.close();
    server.closeAllConnections();
    gateway.close();
  });
});

describe('the client address', () => {
  it('comes from a header only when that is asked for, and the header is never seen again', async () => {
    const headers = { 'X-Test-Ip': '::ffff:198.51.100.9' };
    const trusting = await startGateway({ sourceIpHeader: 'X-Test-IP' });
    const event = await ask(trusting.port, '/', { headers });
    expect(json(event)).toMatchObject({
      requestContext: { http: { sourceIp: '198.51.100.9' } },
      headers: { 'x-forwarded-for': '198.51.100.9' },
    });
    expect(event.body.toString()).not.toContain('x-test-ip');
    expect(json(await ask(trusting.port, '/'))).toMatchObject({
      requestContext: { http: { sourceIp: '127.0.0.1' } },
    });
    const usual = await startGateway();
    expect(json(await ask(usual.port, '/', { headers }))).toMatchObject({
      requestContext: { http: { sourceIp: '127.0.0.1' } },
      headers: { 'x-test-ip': '::ffff:198.51.100.9' },
    });
  });
});
