import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { api, guarded, lambda, returned, route, startGateway } from './fixtures.ts';
import { ask, sendRaw } from './http-client.ts';

const bit = (text: string) => fc.constant(text);
const junk = fc.string({ unit: 'binary', maxLength: 30 });
const method = fc.oneof(fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD', 'PROPFIND', 'get', ''), junk);
const target = fc.oneof(
  fc.constantFrom(
    '/',
    '/menu/1',
    '/menu/%2e%2e/%2F',
    '/%',
    '/%25',
    '*',
    'http://h/menu/1',
    '//',
    '/menu/?&=&==',
    '/?%=%',
  ),
  junk.map((text) => `/${text}`),
  fc
    .string({ unit: fc.constantFrom('%', '2', '5', 'F', '/', '?', '.', ';', 'é'), maxLength: 40 })
    .map((text) => `/${text}`),
);
const headerLine = fc.oneof(
  fc.constantFrom(
    'Host: x',
    'Cookie: ;;=;a',
    'X-Forwarded-For: ,,',
    'Authorization: Bearer ..',
    'Origin: null',
    'Access-Control-Request-Method: x',
    'Content-Type: ;;',
    'Content-Length: 3',
    'Content-Length: -1',
    'Transfer-Encoding: chunked',
    'Expect: 100-continue',
    'Upgrade: websocket',
    'Connection: upgrade',
    '__proto__: x',
    'apikey:',
  ),
  fc.tuple(fc.stringMatching(/^[A-Za-z0-9-]{1,10}$/), junk).map(([name, value]) => `${name}: ${value}`),
  junk,
);
const request = fc
  .tuple(
    method,
    target,
    fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', ''),
    fc.array(headerLine, { maxLength: 6 }),
    junk,
  )
  .map(([verb, path, version, headers, body]) =>
    [`${verb} ${path} ${version}`, 'Host: fuzz', 'Connection: close', ...headers, '', body].join('\r\n'),
  );
const bytes = fc
  .oneof(
    { weight: 8, arbitrary: request },
    { weight: 1, arbitrary: junk },
    { weight: 1, arbitrary: bit('\r\n\r\n') },
  )
  .map((text) => Buffer.from(text, 'latin1'));

describe('a fuzzed gateway', () => {
  it('answers whatever bytes come with something below 500 and stays alive', async () => {
    const cors = {
      allowOrigins: ['https://*'],
      allowMethods: ['*'],
      allowHeaders: ['*'],
      exposeHeaders: [],
      allowCredentials: false,
    };
    const integration = lambda({
      requestParameters: {
        'overwrite:header.x-copy': '$request.header.apikey',
        'append:querystring.p': '$request.path',
        'overwrite:path': '$request.path',
      },
      responseParameters: {
        '200': { 'overwrite:header.x-echo': '${request.header.cookie} ${request.path}' },
      },
    });
    const routes = [
      route('GET /menu/{id}', { authorization: guarded(), integration }),
      route('ANY /{proxy+}', { integration }),
    ];
    const { port, faults } = await startGateway({
      apis: [api({ cors, routes })],
      invoke: (arn, event) =>
        Promise.resolve(
          returned(
            arn.endsWith('authorizer')
              ? { isAuthorized: true }
              : { statusCode: 200, body: JSON.stringify(event) },
          ),
        ),
    });
    await fc.assert(
      fc.asyncProperty(bytes, async (raw) => {
        const answers = [...(await sendRaw(port, raw)).matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) =>
          Number(match[1]),
        );
        expect(answers.filter((status) => status >= 500)).toEqual([]);
      }),
      { numRuns: 400 },
    );
    expect(faults).toEqual([]);
    expect((await ask(port, '/menu/1')).status).toBe(200);
  });
});
