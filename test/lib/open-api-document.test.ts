import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOpenApiDocument } from '../../lib/open-api/open-api-document.ts';
import { outputDirectory } from './quick-app.ts';
import { documentOf } from './shop-api.ts';

const info = 'info: { title: Shop, version: 1.0.0 }';
const paths = 'paths: { /items: { get: {} } }';

describe('an OpenAPI document', () => {
  it.each([
    ['openapi: must be 3.0.x or 3.1.x, and is "2.0.0" (line 1)', `openapi: 2.0.0\n${info}\n${paths}`],
    ['openapi: must be 3.0.x or 3.1.x, and is "3.2.0"', `openapi: 3.2.0\n${info}\n${paths}`],
    ['openapi: 3.0 is a number here: write the whole version', `openapi: 3.0\n${info}\n${paths}`],
    [
      'it is Swagger 2.0, and only OpenAPI 3.0 and 3.1 are read: convert it',
      `swagger: "2.0"\n${info}\n${paths}`,
    ],
    ['it is AsyncAPI 2.6.0, and only OpenAPI', `asyncapi: 2.6.0\n${info}\n${paths}`],
    ['openapi: is missing: an OpenAPI document gives its version there', `${info}\n${paths}`],
    ['info.title: is missing', `openapi: 3.0.0\ninfo: { title: "", version: 1.0.0 }\n${paths}`],
    ['info.version: is missing', `openapi: 3.0.0\ninfo: { title: Shop }\n${paths}`],
    [
      "info.version: 1.0 is not text but a number: write it in quotes, '1.0' (line 3)",
      `openapi: 3.0.0\ninfo:\n  version: 1.0\n  title: Shop\n${paths}`,
    ],
    [
      "info.title: 42 is not text but a number: write it in quotes, '42'",
      `openapi: 3.0.0\ninfo: { title: 42, version: 1.0.0 }\n${paths}`,
    ],
    [
      'info.version: must be one line without control or invisible characters',
      `openapi: 3.0.0\ninfo: { title: Shop, version: "9\\e]0;x" }\n${paths}`,
    ],
    [
      'info.title: must be one line without control or invisible characters',
      `openapi: 3.0.0\ninfo: { title: "Shop\\u202E", version: 1.0.0 }\n${paths}`,
    ],
    [
      'info.title: must have at most 1000 bytes with the version',
      `openapi: 3.0.0\ninfo: { title: ${'ä'.repeat(500)}, version: 1.0.0 }\n${paths}`,
    ],
    [
      'info.description: must be text',
      `openapi: 3.0.0\ninfo: { title: S, version: v, description: 1 }\n${paths}`,
    ],
    ['paths.items: must begin with a slash', `openapi: 3.0.0\n${info}\npaths: { items: { get: {} } }`],
    ['paths: must be an object', `openapi: 3.0.0\n${info}\npaths: [{ get: {} }]`],
    ['paths./items: must be an object', `openapi: 3.0.0\n${info}\npaths: { /items: }`],
    ['paths./items: must be an object', `openapi: 3.0.0\n${info}\npaths: { /items: text }`],
    ['GET /items: must be an object', `openapi: 3.0.0\n${info}\npaths: { /items: { get: text } }`],
    [
      'paths./items: refers to items.yaml, another file, and no other file is read: put all into one',
      `openapi: 3.0.0\n${info}\npaths: { /items: { $ref: items.yaml }, /more: { get: {} } }`,
    ],
    [
      'paths: refers to ../../etc/passwd, another file',
      `openapi: 3.0.0\n${info}\npaths: { $ref: ../../etc/passwd }`,
    ],
    [
      'paths./items: refers to #/components/pathItems/None, which the document does not have',
      `openapi: 3.0.0\n${info}\npaths: { /items: { $ref: '#/components/pathItems/None' } }`,
    ],
    [
      'paths./items: refers to itself through #/paths/~1items',
      `openapi: 3.0.0\n${info}\npaths: { /items: { $ref: '#/paths/~1items' } }`,
    ],
    [
      'paths./items: has get twice: itself, and in #/paths/~1more',
      `openapi: 3.0.0\n${info}\npaths: { /items: { $ref: '#/paths/~1more', get: {} }, /more: { get: {} } }`,
    ],
    [
      'TRACE /items: an HTTP API cannot route this method',
      `openapi: 3.0.0\n${info}\npaths: { /items: { get: {}, trace: {} } }`,
    ],
    [
      'GET /items: methods are written in lower case: get',
      `openapi: 3.0.0\n${info}\npaths: { /items: { post: {}, GET: {} } }`,
    ],
    [
      'components.securitySchemes.key.type: is missing',
      `openapi: 3.0.0\n${info}\n${paths}\ncomponents: { securitySchemes: { key: { in: header } } }`,
    ],
    [
      'components.securitySchemes.key: refers to schemes.yaml, another file',
      `openapi: 3.0.0\n${info}\n${paths}\ncomponents: { securitySchemes: { key: { $ref: schemes.yaml } } }`,
    ],
    ['it holds plain text, not an OpenAPI document', 'just text'],
    ['it holds a list, not an OpenAPI document', '- 1'],
    ['the file is empty', ''],
    ['the file is empty', '\ufeff  \n'],
    ['line 1: Nested mappings are not allowed', 'openapi: 3.0.0: 1'],
    ['line 2: YAML allows no tabs for indentation: use spaces', `info:\n\ttitle: Shop`],
    ['line 3: the key get was already used in line 2', 'paths:\n  get: 1\n  get: 2'],
    ['line 1: the key a was already used in line 1', '{"a":1,"a":2}'],
    ['it is JSON with comments, which JSON does not allow: remove them', '{ // what\n "openapi": "3.0.0" }'],
    [
      'it is JSON with comments, which JSON does not allow: remove them',
      '{"openapi": "3.0.0", /* x */ "info": {}}',
    ],
    ['line 2: a second YAML document begins here', 'openapi: 3.0.0\n---\nopenapi: 3.0.0'],
    ['line 1: Unresolved tag: !include', 'paths: !include paths.yaml'],
    ['its anchors and aliases cannot be followed', 'a: *nobody'],
    ['it contains itself through an anchor', 'a: &a { b: *a }'],
    [
      'its anchors and aliases cannot be followed: Excessive alias count',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map(
          (name, index) =>
            `${name}: &${name} [${Array(9)
              .fill(`*${'abcdefg'.charAt(index)}`)
              .join(',')}]`,
        )
        .join('\n')}`,
    ],
    ['', '{"openapi":'],
  ])('is refused with the file and what is wrong: %s', (problem, text) => {
    expect(() => documentOf(text)).toThrow(/openapi\.yaml is not an OpenAPI document that can be served: /);
    expect(() => documentOf(text)).toThrow(problem);
  });

  it('is refused with every place at once', () => {
    expect(() => documentOf('openapi: 2.0.0\ninfo: { title: "" }\npaths: {}')).toThrow(
      /openapi: .*; info\.title: .*; info\.version: /,
    );
  });

  it('that is not there, or is no UTF-8, is refused without a stack of another error', () => {
    expect(() => readOpenApiDocument('/nowhere/a.yaml')).toThrow(
      '/nowhere/a.yaml is not an OpenAPI document that can be served: there is no such file',
    );
    const file = join(outputDirectory(), 'openapi.yaml');
    writeFileSync(file, Buffer.from('\ufeffopenapi: 3.0.0', 'utf16le'));
    expect(() => readOpenApiDocument(file)).toThrow('it is not UTF-8 text: save it as UTF-8');
  });

  it.each([
    ['it has no operations', 'paths: {}'],
    ['it has no operations', ''],
    ['it has no operations', 'paths: { /items: { summary: Nothing to do } }'],
    ['it has only webhooks', 'webhooks: { sold: { post: {} } }'],
  ])('is refused without operations: %s', (problem, none) => {
    expect(() => documentOf(`openapi: 3.1.0\n${info}\n${none}`)).toThrow(problem);
  });

  it('may be extended at its paths, which makes no routes and stays in the document', () => {
    const document = documentOf(`openapi: 3.0.0\n${info}\npaths: { /items: { get: {} }, x-items: true }`);
    expect(document.operations).toEqual([{ method: 'GET', path: '/items' }]);
    expect(JSON.parse(document.json)).toMatchObject({ paths: { 'x-items': true } });
  });

  it('has a route for every method where it says so the way of API Gateway, and for what no route takes', () => {
    const { operations } = documentOf(
      `openapi: 3.0.0\n${info}\npaths: { /items: { get: {}, x-amazon-apigateway-any-method: {} }, /$default: { x-amazon-apigateway-any-method: {} } }`,
    );
    expect(operations).toEqual([
      { method: 'GET', path: '/items' },
      { method: 'ANY', path: '/items' },
      { method: 'ANY', path: '/$default' },
    ]);
  });

  it('may refer to path items, operations and schemes within itself, use anchors, and begin with a byte order mark', () => {
    const document = documentOf(`\ufeffopenapi: 3.1.0
info: &info { title: Shop, version: 1.0.0 }
x-more: { <<: *info, version: 2.0.0 }
paths: { /items: { $ref: '#/components/pathItems/Ite~0ms' } }
components:
  pathItems: { Ite~ms: { get: { $ref: '#/x-get' } } }
  securitySchemes:
    key: { $ref: '#/x-key' }
x-get: { security: [{ key: [] }] }
x-key: { type: apiKey, in: header, name: X-Key }
`);
    expect(document).toMatchObject({ title: 'Shop', version: '1.0.0', keyHeaders: ['X-Key'] });
    expect(document.operations).toEqual([{ method: 'GET', path: '/items' }]);
  });

  it('names each header, query parameter and cookie of its apiKey schemes once, where no operation names any', () => {
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
    expect(document.keyCookies).toEqual(['key']);
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
