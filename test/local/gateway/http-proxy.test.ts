import http from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  api,
  closeServer,
  guarded,
  httpProxy,
  listen,
  returned,
  route,
  stage,
  startGateway,
} from './fixtures.ts';
import { ask, json } from './http-client.ts';

/** A backend on a loopback port that closes itself when the test ends. */
async function backend(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler);
  onTestFinished(() => closeServer(server));
  return listen(server);
}

const echo: http.RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    const text = JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() });
    const length = String(Buffer.byteLength(text));
    response.writeHead(200, ['content-length', length, 'set-cookie', 'a=1', 'set-cookie', 'b=2']);
    response.end(text);
  });
};

describe('an HTTP backend', () => {
  it('gets the request with the identity of the caller, and its answer reaches the client', async () => {
    const port = await backend(echo);
    const integration = httpProxy('http://127.0.0.1:${stageVariables.port}/v1/{id}', {
      requestParameters: {
        'overwrite:header.x-application': '$context.authorizer.application',
        'remove:header.apikey': "''",
        'remove:querystring.apikey': "''",
      },
    });
    const routes = [route('ANY /order/{id}', { integration, authorization: guarded() })];
    const { port: gateway } = await startGateway({
      apis: [api({ routes, stages: [stage({ variables: { port: String(port) } })] })],
      invoke: () =>
        Promise.resolve(returned({ isAuthorized: true, context: { application: 'Пицца\r\nx-evil: 1' } })),
    });
    const answer = await ask(gateway, '/order/a%20b?apikey=secret&x=1', {
      method: 'PUT',
      headers: { apikey: 'secret', 'x-application': 'forged', 'content-type': 'text/plain' },
      body: 'two pizzas',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.rawHeaders.filter((name) => name.toLowerCase() === 'content-length')).toHaveLength(1);
    expect(json(answer)).toMatchObject({
      method: 'PUT',
      url: '/v1/a%20b?x=1',
      body: 'two pizzas',
      headers: {
        host: `127.0.0.1:${port}`,
        'x-application': Buffer.from('Пиццаx-evil: 1').toString('latin1'),
        via: 'HTTP/1.1 AmazonAPIGateway',
        forwarded: `for=127.0.0.1;host=127.0.0.1:${gateway};proto=http`,
        'content-length': '10',
      },
    });
    expect(answer.body.toString()).not.toMatch(/secret|forged/);
  });

  it('that nobody listens for is 503', async () => {
    const port = await backend(echo);
    const closed = http.createServer();
    const free = await listen(closed);
    await closeServer(closed);
    const routes = [
      route('GET /up', { integration: httpProxy(`http://127.0.0.1:${port}/`) }),
      route('GET /down', { integration: httpProxy(`http://127.0.0.1:${free}/`) }),
    ];
    const { port: gateway } = await startGateway({ apis: [api({ routes })] });
    const answer = await ask(gateway, '/down');
    expect([answer.status, answer.body.toString()]).toEqual([503, '{"message":"Service Unavailable"}']);
    expect((await ask(gateway, '/up')).status).toBe(200);
  });

  it('that never answers is 503 when the time of the integration is up', async () => {
    const port = await backend(() => undefined);
    const integration = httpProxy(`http://127.0.0.1:${port}/`, { timeoutMilliseconds: 50 });
    const { port: gateway } = await startGateway({
      apis: [api({ routes: [route('$default', { integration })] })],
    });
    expect((await ask(gateway, '/')).status).toBe(503);
  });

  it('that breaks off in the middle of its answer is 503', async () => {
    const port = await backend((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    const integration = httpProxy(`http://127.0.0.1:${port}/`);
    const { port: gateway } = await startGateway({
      apis: [api({ routes: [route('$default', { integration })] })],
    });
    expect((await ask(gateway, '/')).status).toBe(503);
  });

  it('that answers more than 10 MB is 500', async () => {
    const port = await backend((_request, response) => response.end(Buffer.alloc(10 * 1024 * 1024 + 1)));
    const integration = httpProxy(`http://127.0.0.1:${port}/`);
    const { port: gateway } = await startGateway({
      apis: [api({ routes: [route('$default', { integration })] })],
    });
    expect((await ask(gateway, '/')).status).toBe(500);
  });

  it('whose URI the stage cannot resolve is 500', async () => {
    const integration = httpProxy('http://${stageVariables.missing}/');
    const { port: gateway } = await startGateway({
      apis: [api({ routes: [route('$default', { integration })] })],
    });
    expect((await ask(gateway, '/')).status).toBe(500);
  });
});
