import { Fn, type Stack } from 'aws-cdk-lib';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { functionArn, shop, synthesize, type Props } from './shop-api.ts';

/** Headers that API Gateway reserves, or that clients must be able to send beside their key. */
const RESERVED = [
  'access-control-allow-origin',
  'apigw-key',
  'authorization',
  'Authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-location',
  'cookie',
  'forwarded',
  'host',
  'keep-alive',
  'origin',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'referer',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-amz-date',
  'x-amzn-trace-id',
  'X-Forwarded-For',
  'x-keybound-owner',
];

describe('what cannot be served or guarded is refused at synthesis', () => {
  const operations = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ method: 'GET', path: `/${index}` }));
  const withPaths = (...paths: string[]) => ({
    ...shop,
    operations: paths.map((path) => ({ method: 'GET', path })),
  });
  const long = 'x'.repeat(129);

  it.each<[string, Props]>([
    [
      'it has 301 operations; an HTTP API has at most 300 routes',
      { definition: { ...shop, operations: operations(301) } },
    ],
    ['its key must travel in a header or a query parameter', { key: {} }],
    ['the key cannot travel in "api key": only letters, digits, - and _', { key: { header: 'api key' } }],
    ['the key cannot travel in "": only letters, digits, - and _', { key: { header: '' } }],
    [
      'the key cannot travel in "api.key": only letters, digits, - and _',
      { key: { queryParameter: 'api.key' } },
    ],
    [`the key cannot travel in "${long}": only letters, digits, - and _`, { key: { queryParameter: long } }],
    ...RESERVED.map((header): [string, Props] => [
      `the key cannot travel in the header ${header}: API Gateway could not take it out`,
      { key: { header } },
    ]),
    [
      'an API without required subscription has no business plans',
      { subscription: 'optional', policies: ['Gold'] },
    ],
    ['it needs at least one business plan', { policies: [] }],
    [
      'the apiKey schemes of its document disagree (X-Key, apikey): name the right one with the property key',
      { definition: { ...shop, keyHeaders: ['X-Key', 'apikey'] } },
    ],
    [
      'the apiKey schemes of its document disagree (k, key): name the right one with the property key',
      { definition: { ...shop, keyQueryParameters: ['k', 'key'] } },
    ],
    [
      'the paths /a/{id}/b and /a/{name}/b differ only in the name of a parameter',
      { definition: withPaths('/a/{id}/b', '/a/{id}/c', '/a/{name}/b') },
    ],
    [
      'the paths /a/{path+} and /a/{rest+} differ only in the name of a parameter',
      { definition: withPaths('/a/{path+}', '/a/{rest+}') },
    ],
    [
      'browsers send no credentials to an API that allows the origin *: name the origins',
      { cors: { allowOrigins: ['https://a.example.com', '*'], allowCredentials: true } },
    ],
    ...['', '/', 'shop', '/shop/', '/shop//2', '/a shop', '/shop?x', '/{shop}'].map(
      (context): [string, Props] => [
        `the context ${context} must begin with a slash, end without one, and be a path`,
        { context },
      ],
    ),
    [
      'https://shop.example.com/?a=b is not a backend URL: use http or https, a host and optionally a path, nothing else',
      { backend: { url: 'https://shop.example.com/?a=b' } },
    ],
    ...[
      'shop.example.com',
      'ftp://shop.example.com',
      'https://shop.example.com/#a',
      'https://me@shop.example.com',
      'https://:secret@shop.example.com',
    ].map((url): [string, Props] => [`${url} is not a backend URL: `, { backend: { url } }]),
    [
      'the backend URL https://shop.example.com/a%20b/(1) contains characters that a stage variable cannot hold: % ( )',
      { backend: { url: 'https://shop.example.com/a%20b/(1)' } },
    ],
    [
      'the backend URL http://[::1]:8080 contains characters that a stage variable cannot hold: [ ]',
      { backend: { url: 'http://[::1]:8080' } },
    ],
    [
      'the URL of a backend is not known before the deployment: pass a literal',
      { backend: { url: `https://${Fn.ref('Host')}/` } },
    ],
    [
      'ftp://test.example.com is not a backend URL: ',
      {
        backend: {
          production: { url: 'https://shop.example.com' },
          sandbox: { url: 'ftp://test.example.com' },
        },
      },
    ],
    [
      'the backends of both environments must have the same scheme: https://shop.example.com, http://test.example.com',
      {
        backend: {
          production: { url: 'https://shop.example.com' },
          sandbox: { url: 'http://test.example.com' },
        },
      },
    ],
  ])('%s', (message, props) => {
    expect(() => synthesize(props)).toThrow(message);
  });

  it.each(['production', 'sandbox'] as const)(
    'a function beside a URL, the function in %s',
    (environment) => {
      const mixed = (scope: Stack) => {
        const function_ = { function: Function.fromFunctionArn(scope, 'Mixed', functionArn('shop')) };
        const url = { url: 'https://shop.example.com' };
        return environment === 'production'
          ? { backend: { production: function_, sandbox: url } }
          : { backend: { production: url, sandbox: function_ } };
      };
      expect(() => synthesize({}, mixed)).toThrow(
        'the backends of both environments must be functions, or both must be URLs',
      );
    },
  );

  it.each<[string, object]>([
    [
      'the property subscription must be one of required, optional, and is "Required"',
      { subscription: 'Required' },
    ],
    [
      'the property refusals must be one of detailed, detailed-fault, and is "detail"',
      { refusals: 'detail' },
    ],
    [
      'the property freshness.mode must be one of strict, bounded, gateway, and is "lazy"',
      { freshness: { mode: 'lazy' } },
    ],
    [
      'the property freshness.mode must be one of strict, bounded, gateway, and is missing',
      { freshness: { seconds: 30 } },
    ],
    [
      'the property initialLifecycle must be one of CREATED, PUBLISHED, and is "Published"',
      { initialLifecycle: 'Published' },
    ],
  ])('a misspelt choice that no compiler has seen: %s', (message, props) => {
    expect(() => synthesize(Object.assign<Props, object>({}, props))).toThrow(message);
  });

  it('with every reason at once, and the name of the API', () => {
    expect(() => synthesize({ context: 'shop', policies: [], key: {} })).toThrow(
      'Shop 2.0.1: its key must travel in a header or a query parameter; it needs at least one business plan; ' +
        'the context shop must begin with a slash, end without one, and be a path',
    );
  });

  it.each<[string, Props]>([
    [
      'two headers of the document when the properties choose',
      { definition: { ...shop, keyHeaders: ['a', 'b'] }, key: { header: 'b' } },
    ],
    [
      'paths of which one has a parameter',
      { definition: withPaths('/a/{id}', '/a/all', '/a/{id}/b', '/b/{name}', '/a/{path+}') },
    ],
    ['any origin without credentials', { cors: { allowOrigins: ['*'] } }],
    [
      'credentials from one origin',
      { cors: { allowOrigins: ['https://a.example.com'], allowCredentials: true } },
    ],
    ...['x-api-key', 'x-amazing', 'content-key', 'viable', 'x-te'].map((header): [string, Props] => [
      `the header ${header}`,
      { key: { header } },
    ]),
  ])('but not %s', (_, props) => {
    expect(() => synthesize(props)).not.toThrow();
  });

  it('but not what just fits', () => {
    const { stack: read } = synthesize({
      definition: { ...shop, operations: operations(300), json: JSON.stringify('x'.repeat(102_398)) },
      key: { header: 'x'.repeat(128), queryParameter: 'API_key-1' },
      context: "/a-b_c.d/$!*'()+1",
      policies: ['Unlimited'],
    });
    expect(read.ofType('AWS::ApiGatewayV2::Route')).toHaveLength(300);
  });
});
