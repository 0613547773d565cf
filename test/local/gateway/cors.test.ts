import { describe, expect, it } from 'vitest';
import { preflightResponse, withCorsHeaders } from '../../../local/gateway/respond/cors.ts';
import type { HeaderEntry } from '../../../local/gateway/receive/http-message.ts';
import type { CorsConfiguration } from '../../../local/gateway/model.ts';

const cors: CorsConfiguration = {
  allowOrigins: ['https://portal.example.com', 'http://*'],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['apikey', 'authorization'],
  exposeHeaders: ['etag'],
  allowCredentials: true,
  maxAgeSeconds: 300,
};

const asking = (origin: string): HeaderEntry[] => [
  ['origin', origin],
  ['access-control-request-method', 'POST'],
];

describe('a preflight', () => {
  it('is answered with 204 and the configuration', () => {
    const response = preflightResponse(cors, 'OPTIONS', asking('https://portal.example.com'));
    expect(response?.status).toBe(204);
    expect(response?.body).toHaveLength(0);
    expect(Object.fromEntries(response?.headers ?? [])).toEqual({
      'access-control-allow-origin': 'https://portal.example.com',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'apikey,authorization',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '300',
    });
  });

  it('from another origin gets no CORS header', () => {
    expect(preflightResponse(cors, 'OPTIONS', asking('https://evil.example.com'))).toMatchObject({
      status: 204,
      headers: [],
    });
  });

  it('may come from any origin of a scheme, or from anywhere', () => {
    expect(preflightResponse(cors, 'OPTIONS', asking('http://any.example.com'))?.headers[0]).toEqual([
      'access-control-allow-origin',
      'http://any.example.com',
    ]);
    const open = { ...cors, allowOrigins: ['*'], allowCredentials: false };
    expect(preflightResponse(open, 'OPTIONS', asking('null'))?.headers[0]).toEqual([
      'access-control-allow-origin',
      '*',
    ]);
  });

  it.each([
    ['without Origin', 'OPTIONS', [['access-control-request-method', 'GET']]],
    ['without the method asked for', 'OPTIONS', [['origin', 'https://portal.example.com']]],
    ['that is a GET', 'GET', asking('https://portal.example.com')],
  ] as const)('%s is none', (_what, method, headers) => {
    expect(preflightResponse(cors, method, headers)).toBeUndefined();
  });

  it('is not known without a configuration', () => {
    expect(preflightResponse(undefined, 'OPTIONS', asking('https://portal.example.com'))).toBeUndefined();
  });
});

describe('the response of an integration', () => {
  const own: HeaderEntry[] = [
    ['content-type', 'text/plain'],
    ['access-control-allow-origin', '*'],
    ['access-control-max-age', '1'],
  ];

  it('has its CORS headers replaced by the configured ones', () => {
    expect(withCorsHeaders(cors, [['origin', 'https://portal.example.com']], own)).toEqual([
      ['content-type', 'text/plain'],
      ['access-control-allow-origin', 'https://portal.example.com'],
      ['access-control-expose-headers', 'etag'],
      ['access-control-allow-credentials', 'true'],
    ]);
  });

  it.each([[[]], [[['origin', 'https://evil.example.com']]]] as const)(
    'loses them when the request is not from an allowed origin',
    (headers) => {
      expect(withCorsHeaders(cors, headers, own)).toEqual([['content-type', 'text/plain']]);
    },
  );

  it('keeps them when there is no configuration', () => {
    expect(withCorsHeaders(undefined, [['origin', 'https://x.example.com']], own)).toBe(own);
  });
});
