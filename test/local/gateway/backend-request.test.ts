import { describe, expect, it } from 'vitest';
import { backendRequest } from '../../../local/gateway/integrate/backend-request.ts';
import { functionArnOf, resolveStageVariables } from '../../../local/gateway/integrate/integration-uri.ts';
import type { RawParts } from './fixtures.ts';
import { api, EXECUTE_HOST, functionArn, httpProxy, route, routedRequest, stage } from './fixtures.ts';

const theApi = api({
  routes: [route('GET /menu/{id}'), route('ANY /all/{proxy+}'), route('$default')],
  stages: [stage({ name: 'sandbox', variables: { host: 'b.example.com:8080' } })],
});

function build(parts: RawParts, uri: string, method = 'ANY', mappedPath?: string) {
  const integration = httpProxy(uri, { method });
  if (integration.type !== 'HTTP_PROXY') throw new Error('not an HTTP integration');
  const request = routedRequest(parts, theApi);
  return backendRequest(integration, request, request, mappedPath);
}

const menu: RawParts = { target: '/sandbox/menu/7?x=1&y=%20' };

describe('the request to a backend', () => {
  it('fills stage variables and path parameters into the URI and appends the query', () => {
    expect(build(menu, 'https://${stageVariables.host}/v1/{id}/x?fixed=1')).toMatchObject({
      secure: true,
      hostname: 'b.example.com',
      port: 8080,
      method: 'GET',
      path: '/v1/7/x?fixed=1&x=1&y=%20',
    });
  });

  it('encodes a decoded parameter again, so that it stays inside its place', () => {
    expect(build({ target: '/sandbox/menu/a%20b%23%253Fc' }, 'http://h/{id}')?.path).toBe('/a%20b%23%3Fc');
    expect(build({ target: '/sandbox/all/a/%CE%BB/../c' }, 'http://h/base/{proxy}')?.path).toBe(
      '/base/a/%CE%BB/../c',
    );
    expect(build({ target: '/sandbox/all/a/b' }, 'http://h/{proxy+}')?.path).toBe('/a/b');
  });

  it('has the path of the URI, and a slash where it has none', () => {
    expect(build(menu, 'http://h/fixed')?.path).toBe('/fixed?x=1&y=%20');
    expect(build(menu, 'http://h')?.path).toBe('/?x=1&y=%20');
  });

  it('has the full path of the client, without the stage, on the $default route', () => {
    expect(build({ target: '/sandbox/any/thing' }, 'http://h/base/')?.path).toBe('/base/any/thing');
  });

  it('has a mapped path instead of the path of the URI', () => {
    expect(build({ target: '/sandbox/menu/7' }, 'http://h/fixed', 'ANY', '/v2/a b')?.path).toBe('/v2/a%20b');
  });

  it('has the method of the integration unless that is ANY', () => {
    expect(build({ ...menu, method: 'GET' }, 'http://h/', 'POST')?.method).toBe('POST');
  });

  it('carries the headers of the client, the host of the backend, and where it came from', () => {
    const parts: RawParts = {
      ...menu,
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
        ['connection', 'x-a'],
        ['via', '1.0 proxy'],
        ['forwarded', 'for=10.0.0.1'],
        ['x-forwarded-for', '10.0.0.1'],
      ],
    };
    expect(build(parts, 'http://${stageVariables.host}/')?.headers).toEqual([
      ['host', 'b.example.com:8080'],
      ['x-a', '1'],
      ['x-a', '2'],
      ['x-forwarded-for', '10.0.0.1'],
      ['content-length', '0'],
      ['x-amzn-trace-id', 'Root=1-00000000-000000000000000000000000'],
      ['forwarded', `for=10.0.0.1, for=203.0.113.7;host=${EXECUTE_HOST};proto=https`],
      ['via', '1.0 proxy, HTTP/1.1 AmazonAPIGateway'],
    ]);
  });

  it('quotes an IPv6 address', () => {
    const headers = build({ ...menu, peerAddress: '2001:db8::1' }, 'http://h/')?.headers;
    expect(headers).toContainEqual(['forwarded', `for="[2001:db8::1]";host=${EXECUTE_HOST};proto=https`]);
  });

  it.each(['https://${stageVariables.none}/', 'ftp://h/', 'h', '', 'http://', 'http://user@h/'])(
    'cannot be built from %s',
    (uri) => {
      expect(build(menu, uri)).toBeUndefined();
    },
  );
});

describe('integration URIs', () => {
  it('need every stage variable that they name', () => {
    expect(resolveStageVariables('a${stageVariables.x}b${stageVariables.y}', { x: '1', y: '$&' })).toBe(
      'a1b$&',
    );
    expect(resolveStageVariables('a${stageVariables.x}', {})).toBeUndefined();
    expect(resolveStageVariables('${stageVariables.constructor}', {})).toBeUndefined();
  });

  it('name a function by its ARN, inside a path or alone, with or without alias', () => {
    const arn = functionArn('menu');
    const path = (inner: string) =>
      `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${inner}/invocations`;
    expect(functionArnOf(path(arn))).toBe(arn);
    expect(functionArnOf(path(`${arn}:live`))).toBe(`${arn}:live`);
    expect(functionArnOf(arn)).toBe(arn);
    expect(functionArnOf(path('menu'))).toBeUndefined();
    expect(functionArnOf('https://example.com')).toBeUndefined();
  });
});
