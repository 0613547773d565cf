import { describe, expect, it } from 'vitest';
import { documentOf } from './shop-api.ts';

describe('an OpenAPI document', () => {
  const info = 'info: { title: Shop, version: 1.0.0 }';
  const paths = 'paths: { /items: { get: {} } }';

  it.each([
    ['openapi: must be 3.0.x or 3.1.x', `openapi: 2.0.0\n${info}\n${paths}`],
    ['openapi: ', `swagger: "2.0"\n${info}\n${paths}`],
    ['info.title: ', `openapi: 3.0.0\ninfo: { title: "", version: 1.0.0 }\n${paths}`],
    ['info.version: ', `openapi: 3.0.0\ninfo: { title: Shop }\n${paths}`],
    ['info.version: ', `openapi: 3.0.0\ninfo: { title: Shop, version: 1.0 }\n${paths}`],
    ['paths: ', `openapi: 3.0.0\n${info}`],
    ['paths.items: must begin with a slash', `openapi: 3.0.0\n${info}\npaths: { items: { get: {} } }`],
    ['paths: ', `openapi: 3.0.0\n${info}\npaths: [{ get: {} }]`],
    ['paths./items: ', `openapi: 3.0.0\n${info}\npaths: { /items: }`],
    [
      'paths./items: has a $ref, which is not followed',
      `openapi: 3.0.0\n${info}\npaths: { /items: { $ref: items.yaml }, /more: { get: {} } }`,
    ],
    [
      'paths./items: has the operation trace, which an HTTP API cannot route',
      `openapi: 3.0.0\n${info}\npaths: { /items: { get: {}, trace: {} } }`,
    ],
    ['paths./items: ', `openapi: 3.0.0\n${info}\npaths: { /items: text }`],
    [
      'components.securitySchemes.key.type: ',
      `openapi: 3.0.0\n${info}\n${paths}\ncomponents: { securitySchemes: { key: { in: header } } }`,
    ],
    ['served: Invalid input', 'just text'],
    ['served: Invalid input', ''],
    ['served: Nested mappings are not allowed', 'openapi: 3.0.0: 1'],
    ['at line 1, column 1', '{"openapi":'],
  ])('is refused with the file and the place: %s', (problem, text) => {
    expect(() => documentOf(text)).toThrow(/openapi\.yaml is not an OpenAPI document that can be served: /);
    expect(() => documentOf(text)).toThrow(problem);
  });

  it('is refused with every place at once', () => {
    expect(() => documentOf('openapi: 2.0.0\ninfo: { title: "" }\npaths: {}')).toThrow(
      /openapi: .*; info\.title: .*; info\.version: /,
    );
  });

  it.each(['paths: {}', 'paths: { /items: { summary: Nothing to do } }'])(
    'is refused without operations: %s',
    (none) => {
      expect(() => documentOf(`openapi: 3.0.0\n${info}\n${none}`)).toThrow(/openapi\.yaml has no operations/);
    },
  );

  it('may be extended at its paths, which makes no routes and stays in the document', () => {
    const document = documentOf(`openapi: 3.0.0\n${info}\npaths: { /items: { get: {} }, x-items: true }`);
    expect(document.operations).toEqual([{ method: 'GET', path: '/items' }]);
    expect(JSON.parse(document.json)).toMatchObject({ paths: { 'x-items': true } });
  });

  it('names each header and query parameter of its apiKey schemes once', () => {
    const document = documentOf(`
      openapi: 3.0.0
      ${info}
      ${paths}
      components:
        securitySchemes:
          one: { type: apiKey, in: header, name: X-Key }
          same: { type: apiKey, in: header, name: x-key }
          other: { type: apiKey, in: query, name: key }
          another: { type: apiKey, in: query, name: Key }
          cookie: { type: apiKey, in: cookie, name: key }
          nameless: { type: apiKey, in: header }
          token: { type: http, scheme: bearer }
    `);
    expect(document.keyHeaders).toHaveLength(1);
    expect(document.keyHeaders[0]).toMatch(/^x-key$/i);
    expect(document.keyQueryParameters).toEqual(['key', 'Key']);
  });

  it('may be JSON, and need not describe itself', () => {
    const document = documentOf(
      '{"openapi":"3.0.3","info":{"title":"Shop","version":"1"},"paths":{"/a":{"get":{}}}}',
    );
    expect(document).toEqual({
      title: 'Shop',
      version: '1',
      description: '',
      operations: [{ method: 'GET', path: '/a' }],
      keyHeaders: [],
      keyQueryParameters: [],
      json: '{"openapi":"3.0.3","info":{"title":"Shop","version":"1"},"paths":{"/a":{"get":{}}}}',
    });
  });
});
