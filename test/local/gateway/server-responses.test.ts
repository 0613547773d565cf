import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { handleControlPlane } from '../../../local/gateway/control-plane.ts';
import {
  API_ID,
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

const accessLog = {
  destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:x',
  format: '$context.requestId',
};

describe('responses of the gateway', () => {
  const answering = (payload: unknown, over = {}) =>
    startGateway({ invoke: () => Promise.resolve(returned(payload)), ...over });

  it('carry bytes, cookies and repeated headers to the client', async () => {
    const bytes = Buffer.from([0, 255, 10]);
    const { port } = await answering({
      statusCode: 201,
      headers: { 'content-type': 'image/png', 'x-name': 'Пицца' },
      cookies: ['a=1', 'b=2'],
      body: bytes.toString('base64'),
      isBase64Encoded: true,
    });
    const answer = await ask(port, '/');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual(bytes);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': '3',
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(Buffer.from(answer.headers['x-name']?.toString() ?? '', 'latin1').toString()).toBe('Пицца');
  });

  it('to HEAD have the length but no body', async () => {
    const { port } = await answering('hello');
    const answer = await ask(port, '/', { method: 'HEAD' });
    expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([200, '5', 0]);
  });

  it('with 204 have neither body nor length', async () => {
    const { port } = await answering({ statusCode: 204, body: 'ignored' });
    const answer = await ask(port, '/');
    expect([answer.status, answer.headers['content-length'], answer.body.length]).toEqual([
      204,
      undefined,
      0,
    ]);
  });

  it('that are malformed are 500', async () => {
    const { port } = await answering({ statusCode: 200, body: {} });
    const answer = await ask(port, '/');
    expect([answer.status, answer.body.toString()]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  it('are mapped by the status that the integration answered', async () => {
    const responseParameters = {
      '200': {
        'overwrite:statuscode': '202',
        'append:header.x-id': '$context.requestId',
        'remove:header.x-secret': '',
      },
    };
    const { port } = await answering(
      { statusCode: 200, headers: { 'x-secret': '1' } },
      { apis: [api({ routes: [route('$default', { integration: lambda({ responseParameters }) })] })] },
    );
    const answer = await ask(port, '/');
    expect(answer.status).toBe(202);
    expect(answer.headers['x-id']).toBe(answer.headers['apigw-requestid']);
    expect(answer.headers).not.toHaveProperty('x-secret');
  });
});

describe('a function that does not answer', () => {
  it.each([
    ['throws', threw('boom'), 0, 500],
    ['reaches its own time-out', { outcome: 'timed-out' }, 3000, 500],
    ['is still running when the integration gives up', { outcome: 'timed-out' }, 30_000, 503],
  ] as const)('because it %s is %#', async (_what, result, takes, status) => {
    const clock = manualClock();
    const invoke = () => {
      clock.advance(takes);
      return Promise.resolve(result);
    };
    const { port } = await startGateway({ clock, invoke });
    const answer = await ask(port, '/');
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body.toString()).toBe(
      status === 500 ? '{"message":"Internal Server Error"}' : '{"message":"Service Unavailable"}',
    );
  });

  it('because it does not exist, or the stage lacks a variable, is 500', async () => {
    const missing = await startGateway({ invoke: () => Promise.reject(new Error('no such function')) });
    expect((await ask(missing.port, '/')).status).toBe(500);
    const integration = lambda({ uri: functionArn('${stageVariables.fn}') });
    const lacking = await startGateway({ apis: [api({ routes: [route('$default', { integration })] })] });
    expect((await ask(lacking.port, '/')).status).toBe(500);
    expect([...missing.faults, ...lacking.faults]).toEqual([]);
  });
});

describe('CORS of the gateway', () => {
  const cors = {
    allowOrigins: ['https://portal.example.com'],
    allowMethods: ['GET'],
    allowHeaders: ['apikey'],
    exposeHeaders: [],
    allowCredentials: false,
  };
  const apis = [api({ cors, routes: [route('$default', { authorization: guarded() })] })];

  const preflight = {
    origin: 'https://portal.example.com',
    'access-control-request-method': 'GET',
  };

  it('adds its headers to what an authorizer refuses, so that pages can read the status', async () => {
    for (const [answer, status] of [
      [threw('Unauthorized'), 401],
      [returned({ isAuthorized: false }), 403],
    ] as const) {
      const { invoke } = functions(answer);
      const { port } = await startGateway({ apis, invoke });
      const refused = await ask(port, '/menu', { headers: { origin: 'https://portal.example.com' } });
      expect(refused.status).toBe(status);
      expect(refused.headers['access-control-allow-origin']).toBe('https://portal.example.com');
      const foreign = await ask(port, '/menu', { headers: { origin: 'https://other.example.com' } });
      expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it('leaves a preflight to $default where that has an authorizer, as API Gateway does', async () => {
    const { invoke, invoked } = functions(threw('Unauthorized'));
    const { port } = await startGateway({ apis, invoke });
    expect((await ask(port, '/menu', { method: 'OPTIONS', headers: preflight })).status).toBe(401);
    expect(invoked).toHaveLength(1);
    const open = [api({ cors, routes: [route('$default')] })];
    const { port: openPort } = await startGateway({ apis: open, invoke });
    expect((await ask(openPort, '/menu', { method: 'OPTIONS', headers: preflight })).status).toBe(204);
  });

  it('answers a preflight without asking the authorizer or a route', async () => {
    const { invoke, invoked } = functions(threw('Unauthorized'));
    const named = [api({ cors, routes: [route('GET /menu', { authorization: guarded() })] })];
    const { port } = await startGateway({ apis: named, invoke });
    const headers = { origin: 'https://portal.example.com', 'access-control-request-method': 'GET' };
    const answer = await ask(port, '/menu', { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://portal.example.com',
      'access-control-allow-methods': 'GET',
    });
    expect(answer.headers).toHaveProperty('apigw-requestid');
    expect(invoked).toEqual([]);
  });

  it('adds its headers to the response of an integration', async () => {
    const { invoke } = functions();
    const { port } = await startGateway({ apis, invoke });
    const answer = await ask(port, '/menu', { headers: { origin: 'https://portal.example.com' } });
    expect(answer.headers['access-control-allow-origin']).toBe('https://portal.example.com');
  });

  it('survives an origin with characters beyond Latin-1 under a scheme wildcard', async () => {
    const wild = [api({ cors: { ...cors, allowOrigins: ['https://*'] } })];
    const { port } = await startGateway({ apis: wild });
    const origin = Buffer.from('https://пицца.example').toString('latin1');
    expect((await ask(port, '/', { headers: { origin } })).headers['access-control-allow-origin']).toBe(
      origin,
    );
  });
});

describe('a reset of the result cache', () => {
  it('takes effect after the lag, over HTTP and the control plane', async () => {
    const clock = manualClock();
    const authorization = guarded({ identitySources: ['$request.header.apikey'], resultTtlSeconds: 3600 });
    const { invoke, invoked } = functions();
    const apis = [api({ routes: [route('$default', { authorization })] })];
    const { port, gateway } = await startGateway({ apis, invoke, clock, resetLagMilliseconds: 1100 });
    const asked = async () => {
      await ask(port, '/', { headers: { apikey: 'k' } });
      return invoked.filter((arn) => arn === functionArn('authorizer')).length;
    };
    expect([await asked(), await asked()]).toEqual([1, 1]);
    const path = `/v2/apis/${API_ID}/stages/$default/cache/authorizers`;
    expect(handleControlPlane('DELETE', path, gateway)?.status).toBe(204);
    clock.advance(1099);
    expect(await asked()).toBe(1);
    clock.advance(1);
    expect([await asked(), await asked()]).toEqual([2, 2]);
  });
});

describe('the connection', () => {
  it('is kept for the next request', async () => {
    const { port } = await startGateway();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    agent.on('free', (socket) => sockets.add(socket));
    for (let index = 0; index < 5; index += 1) await ask(port, `/${index}`, { agent });
    expect(sockets.size).toBe(1);
    agent.destroy();
  });

  it('may break off in the middle of a body without harm', async () => {
    const { port, faults, accessLog: lines } = await startGateway();
    const socket = net.connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    socket.resetAndDestroy();
    await once(socket, 'close');
    expect((await ask(port, '/')).status).toBe(200);
    expect([...faults, ...lines]).toEqual([]);
  });

  it('sees 500, and the fault is reported, when the gateway itself fails', async () => {
    const broken = new Error('disk full');
    const { port, faults } = await startGateway({
      apis: [api({ stages: [stage({ accessLog })] })],
      writeAccessLog: () => {
        throw broken;
      },
    });
    const answer = await ask(port, '/');
    expect([answer.status, answer.body.toString()]).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(faults).toEqual([broken]);
  });
});

describe('text in headers of the gateway', () => {
  it('is read as UTF-8 where it is UTF-8, as Latin-1 otherwise', async () => {
    const { port } = await startGateway();
    const headers = {
      'x-utf8': Buffer.from('Pizzeria Größe').toString('latin1'),
      'x-latin': 'Gr\u00f6\u00dfe',
    };
    expect(json(await ask(port, '/', { headers }))).toMatchObject({
      headers: { 'x-utf8': 'Pizzeria Größe', 'x-latin': 'Größe' },
    });
  });
});
