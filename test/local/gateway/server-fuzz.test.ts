import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { api, guarded, lambda, returned, route, startGateway } from './fixtures.ts';
import { ask, sendRaw } from './http-client.ts';

const junk = fc.string({ unit: 'binary', maxLength: 30 });
const fieldText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => (code === 0x7f ? ' ' : String.fromCharCode(code))),
  maxLength: 30,
});
const method = fc.constantFrom('GET', 'GET', 'POST', 'OPTIONS', 'HEAD', 'PROPFIND');
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
  fieldText.map((text) => `/${text.replaceAll(' ', '+')}`),
  fc
    .string({ unit: fc.constantFrom('%', '2', '5', 'F', '/', '?', '.', ';', '\u00e9'), maxLength: 40 })
    .map((text) => `/${text}`),
);
const headerLine = fc.oneof(
  fc.constantFrom(
    'Cookie: ;;=;a',
    'X-Forwarded-For: ,,',
    'Authorization: Bearer ..',
    'Origin: https://a.example.com',
    'Origin: https://a.example.com\r\nAccess-Control-Request-Method: GET',
    'Origin: null',
    'Access-Control-Request-Method: x',
    'Content-Type: ;;',
    'Content-Encoding: gzip',
    'Expect: 100-continue',
    'Upgrade: websocket',
    '__proto__: x',
    'apikey:',
    'apikey: k',
  ),
  fc.tuple(fc.stringMatching(/^[A-Za-z0-9-]{1,10}$/), fieldText).map(([name, value]) => `${name}: ${value}`),
);
const wellFormed = fc
  .tuple(method, target, fc.array(headerLine, { maxLength: 6 }), fieldText)
  .map(([verb, path, headers, body]) =>
    [
      `${verb} ${path} HTTP/1.1`,
      'Host: fuzz',
      'Connection: close',
      ...headers,
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  );
const damaged = fc
  .tuple(wellFormed, fc.nat({ max: 300 }), fc.nat({ max: 20 }), junk)
  .map(([text, at, length, noise]) => text.slice(0, at) + noise + text.slice(at + length));
const bytes = fc
  .oneof(
    { weight: 6, arbitrary: wellFormed },
    { weight: 3, arbitrary: damaged },
    { weight: 1, arbitrary: junk },
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
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(bytes, async (raw) => {
        const answers = [...(await sendRaw(port, raw)).matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) =>
          Number(match[1]),
        );
        for (const status of answers) seen.add(status);
        expect(answers.filter((status) => status >= 500)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(faults).toEqual([]);
    // The bytes got past the parser: to functions, to preflights, to paths that no route takes.
    expect([...seen]).toEqual(expect.arrayContaining([200, 204, 400, 404]));
    expect((await ask(port, '/menu/1')).status).toBe(200);
  });
});
