import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { documentOf, synthesize, type Props } from './shop-api.ts';

const SCHEMES = `
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    query: { type: apiKey, in: query, name: key }
    cookie: { type: apiKey, in: cookie, name: sid }
    basic: { type: http, scheme: basic }
    token: { type: oauth2, flows: {} }
    tls: { type: mutualTLS }
    nowhere: { type: apiKey, in: body, name: key }
`;

/** A document with one operation, `GET /items`, and its security; `all`: that of the document. */
function secured(security: string, all = '') {
  return documentOf(`openapi: 3.1.0
info: { title: Shop, version: 2.0.1 }
${all === '' ? '' : `security: ${all}`}
paths: { /items: { get: { ${security === '' ? '' : `security: ${security}`} } } }
${SCHEMES}`);
}

const OTHERWISE = 'but every route here requires an API key and nothing else';

describe('an operation that its document closes to API keys is refused by name, neither opened nor closed to all', () => {
  it.each([
    ['needs no credentials', '[]', ''],
    ['needs no credentials', '[{}]', ''],
    ['needs no credentials', '', '[]'],
    ['accepts token (oauth2)', '[{ token: [read] }]', ''],
    ['accepts token (oauth2)', '', '[{ token: [read] }]'],
    ['accepts token (oauth2)', '[{ token: [] }]', '[{ key: [] }]'],
    ['accepts basic (http basic)', '[{ basic: [] }]', ''],
    ['accepts tls (mutualTLS)', '[{ tls: [] }]', ''],
    ['accepts key (apiKey) together with token (oauth2)', '[{ key: [], token: [] }]', ''],
    ['accepts key (apiKey) together with query (apiKey)', '[{ key: [], query: [] }]', ''],
    ['accepts key (apiKey) with admin', '[{ key: [admin] }]', ''],
    ['accepts basic (http basic) or token (oauth2)', '[{ basic: [] }, { token: [] }]', ''],
  ])('%s: %s, document %s', (reason, security, all) => {
    const message = `GET /items: by its security it ${reason}, ${OTHERWISE}`;
    expect(() => synthesize({ definition: secured(security, all) })).toThrow(message);
    expect(() => synthesize({ definition: secured(security, all), key: { header: 'x-key' } })).toThrow(
      message,
    );
  });

  it.each([
    ['[{ key: [] }]', ''],
    ['[{ token: [] }, { key: [] }]', ''],
    ['[{ key: [] }]', '[{ token: [] }]'],
    ['', '[{ key: [] }]'],
    ['', ''],
  ])('but not where a key is one of the ways, or nothing is said: %s, document %s', (security, all) => {
    const key = security === '' && all === '' ? { key: { header: 'X-Key' } } : {};
    const { stack } = synthesize({ definition: secured(security, all), ...key });
    expect(stack.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties)).toMatchObject([
      { RouteKey: 'GET /items', AuthorizationType: 'CUSTOM' },
    ]);
  });

  it.each([
    [
      'GET /items: its security names nobody, which components.securitySchemes does not define',
      '[{ nobody: [] }]',
    ],
    ['GET /items: its security is not a list of requirements', '{}'],
    ['GET /items: its security is not a list of requirements', 'null'],
    ['GET /items: its security is not a list of requirements', '[key]'],
    ['GET /items: its security gives key no list of scopes', '[{ key: }]'],
    ['GET /items: the apiKey scheme nowhere must say in: header or query', '[{ nowhere: [] }]'],
  ])('and a security that cannot be read is an error: %s', (message, security) => {
    expect(() => secured(security)).toThrow(message);
  });

  it('and many that share a reason are told in one sentence', () => {
    const items = Array.from({ length: 9 }, (_, index) => `  /${index}: { get: {} }`).join('\n');
    const definition = documentOf(
      `openapi: 3.1.0\ninfo: { title: S, version: v }\nsecurity: [{ basic: [] }]\npaths:\n${items}\n${SCHEMES}`,
    );
    expect(() => synthesize({ definition })).toThrow(
      'GET /0, GET /1, GET /2, GET /3, GET /4 and 4 more: by its security it accepts basic (http basic)',
    );
  });

  it('a way that stays closed is a warning', () => {
    const { api } = synthesize({ definition: secured('[{ key: [] }, { token: [] }, {}]') });
    Annotations.fromStack(Stack.of(api)).hasWarning(
      '/Shop/Shop',
      Match.stringLikeRegexp(
        'GET /items: its document also accepts token \\(oauth2\\), no credentials at all, which Keybound does not let in',
      ),
    );
  });
});

describe('where a key travels', () => {
  it('is what the schemes say that operations name, whatever other schemes there are', () => {
    expect(secured('[{ query: [] }]')).toMatchObject({ keyHeaders: [], keyQueryParameters: ['key'] });
    expect(secured('[{ key: [] }, { query: [] }]')).toMatchObject({
      keyHeaders: ['X-Key'],
      keyQueryParameters: ['key'],
    });
  });

  it.each<[string, string, Props]>([
    ['GET /items: its document wants the key in the cookie sid', '[{ cookie: [] }]', {}],
  ])('cannot be a cookie: %s', (message, security, props) => {
    const definition = secured(security);
    expect(() => synthesize({ definition, ...props })).toThrow(message);
    expect(() => synthesize({ definition, key: { header: 'x-key' } })).not.toThrow();
    expect(() => synthesize({ definition: secured('[{ cookie: [] }, { key: [] }]') })).not.toThrow();
  });

  it('cannot be a cookie when that is all the schemes that there are', () => {
    const definition = documentOf(`openapi: 3.1.0
info: { title: Shop, version: 2.0.1 }
paths: { /items: { get: {} } }
components: { securitySchemes: { cookie: { type: apiKey, in: cookie, name: sid } } }`);
    expect(() => synthesize({ definition })).toThrow(
      'its document wants the key in the cookie sid, and API Gateway',
    );
    expect(() => synthesize({ definition, key: { header: 'x-key' } })).not.toThrow();
  });
});
