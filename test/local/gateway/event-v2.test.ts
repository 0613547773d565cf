import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { AuthorizerContext } from '../../../local/gateway/authorize/authorizer-context.ts';
import { NO_AUTHORIZER } from '../../../local/gateway/authorize/authorizer-context.ts';
import { authorizerEventV2, integrationEventV2 } from '../../../local/gateway/integrate/event-v2.ts';
import type { RawParts } from './fixtures.ts';
import { api, EXECUTE_HOST, NOW, route, routedRequest, stage } from './fixtures.ts';

const pizza = api({
  routes: [route('GET /menu/{id}'), route('$default')],
  stages: [stage({ name: 'production', variables: { backend: 'https://b.example.com' } }), stage()],
});

function integrationEvent(parts: RawParts, authorizer: AuthorizerContext = NO_AUTHORIZER) {
  const request = routedRequest(parts, pizza);
  return integrationEventV2(request, request, authorizer);
}

describe('the payload 2.0 event of an integration', () => {
  it('is complete', () => {
    const event = integrationEvent({
      method: 'GET',
      target: '/production/menu/a%20b?x=1&x=2&empty=',
      headers: [
        ['user-agent', 'curl/8.7.1'],
        ['x-probe', 'first'],
        ['x-probe', 'second'],
        ['cookie', 'session=abc123; theme=dark'],
      ],
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'GET /menu/{id}',
      rawPath: '/production/menu/a b',
      rawQueryString: 'x=1&x=2&empty=',
      cookies: ['session=abc123', 'theme=dark'],
      headers: {
        host: EXECUTE_HOST,
        'user-agent': 'curl/8.7.1',
        'x-probe': 'first,second',
        'content-length': '0',
        'x-amzn-trace-id': 'Root=1-00000000-000000000000000000000000',
        'x-forwarded-for': '203.0.113.7',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      queryStringParameters: { x: '1,2', empty: '' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'abcdef1234',
        domainName: EXECUTE_HOST,
        domainPrefix: 'abcdef1234',
        http: {
          method: 'GET',
          path: '/production/menu/a b',
          protocol: 'HTTP/1.1',
          sourceIp: '203.0.113.7',
          userAgent: 'curl/8.7.1',
        },
        requestId: 'ATfSmjLgPHcESJw=',
        routeKey: 'GET /menu/{id}',
        stage: 'production',
        time: '12/Mar/2026:19:03:58 +0000',
        timeEpoch: NOW,
      },
      pathParameters: { id: 'a b' },
      stageVariables: { backend: 'https://b.example.com' },
      isBase64Encoded: false,
    });
  });

  it('omits the maps that a request does not have', () => {
    const event = integrationEvent({ target: '/x' });
    for (const name of ['cookies', 'queryStringParameters', 'pathParameters', 'stageVariables', 'body']) {
      expect(event).not.toHaveProperty(name);
    }
    expect(event['rawQueryString']).toBe('');
    expect(event['requestContext']).not.toHaveProperty('authorizer');
  });

  it('carries the context of a Lambda authorizer, null when it returned none', () => {
    const context = { keyUUID: 'k', n: 1, nested: { a: ['b'] } };
    expect(integrationEvent({}, { kind: 'lambda', context })).toHaveProperty('requestContext.authorizer', {
      lambda: context,
    });
    expect(integrationEvent({}, { kind: 'lambda', context: null })).toHaveProperty(
      'requestContext.authorizer',
      {
        lambda: null,
      },
    );
  });

  it('carries the claims and scopes of a token', () => {
    const jwt = { claims: { sub: 'alice' }, scopes: ['read'] };
    expect(integrationEvent({}, { kind: 'jwt', ...jwt })).toHaveProperty('requestContext.authorizer', {
      jwt,
    });
  });

  it('keeps the entries of the client left of its true address', () => {
    const event = integrationEvent({
      headers: [
        ['x-forwarded-for', '10.0.0.1'],
        ['x-forwarded-for', '10.0.0.2'],
        ['x-forwarded-proto', 'gopher'],
        ['x-forwarded-port', '1'],
      ],
    });
    expect(event).toHaveProperty(['headers', 'x-forwarded-for'], '10.0.0.1,10.0.0.2, 203.0.113.7');
    expect(event).toHaveProperty(['headers', 'x-forwarded-proto'], 'https');
    expect(event).toHaveProperty(['headers', 'x-forwarded-port'], '443');
  });

  it('reads a v4-mapped peer as the IPv4 address', () => {
    const event = integrationEvent({ peerAddress: '::ffff:198.51.100.4' });
    expect(event).toHaveProperty('requestContext.http.sourceIp', '198.51.100.4');
  });

  it('drops headers that concern only the connection, and knows the length of the body itself', () => {
    const event = integrationEvent({
      method: 'POST',
      headers: [
        ['connection', 'keep-alive'],
        ['transfer-encoding', 'chunked'],
        ['content-length', '999'],
      ],
      body: Buffer.from('héllo'),
    });
    expect(event).toHaveProperty(['headers', 'content-length'], '6');
    expect(event).not.toHaveProperty(['headers', 'connection']);
    expect(event).not.toHaveProperty(['headers', 'transfer-encoding']);
  });

  it.each([
    ['application/json', '{"a":"é"}', false],
    ['application/json; charset=utf-8', '{}', false],
    ['application/problem+json', '{}', false],
    ['text/plain', 'x', false],
    ['application/xml', '<a/>', false],
    ['application/x-www-form-urlencoded', 'a=b', true],
    ['multipart/form-data; boundary=x', 'x', true],
    ['application/octet-stream', 'x', true],
    ['image/png', 'x', true],
  ])('carries a body of type %s as text or base64', (type, body, isBase64Encoded) => {
    const event = integrationEvent({
      method: 'POST',
      headers: [['content-type', type]],
      body: Buffer.from(body),
    });
    expect(event['isBase64Encoded']).toBe(isBase64Encoded);
    expect(event['body']).toBe(isBase64Encoded ? Buffer.from(body).toString('base64') : body);
  });

  it('carries bytes that are not UTF-8 as base64 whatever their type says', () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]);
    const event = integrationEvent({ method: 'POST', headers: [['content-type', 'application/json']], body });
    expect(event).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });

  it('carries a compressed body as base64', () => {
    const event = integrationEvent({
      method: 'POST',
      headers: [
        ['content-type', 'application/json'],
        ['content-encoding', 'gzip'],
      ],
      body: Buffer.from('zip'),
    });
    expect(event['isBase64Encoded']).toBe(true);
  });
});

describe('the payload 2.0 event of a REQUEST authorizer', () => {
  const event = authorizerEventV2(
    routedRequest(
      {
        method: 'GET',
        target: '/production/menu/7?k=v',
        headers: [['cookie', 'a=1']],
        body: Buffer.from('secret'),
      },
      pizza,
    ),
    ['v'],
  );

  it('names the route by its ARN, without the body', () => {
    expect(event).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: 'arn:aws:execute-api:us-east-1:000000000000:abcdef1234/production/GET/menu/7',
      identitySource: ['v'],
      routeKey: 'GET /menu/{id}',
      pathParameters: { id: '7' },
      stageVariables: { backend: 'https://b.example.com' },
    });
    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('isBase64Encoded');
    expect(event).not.toHaveProperty('requestContext.authorizer');
  });

  it('carries both the cookies and the cookie header', () => {
    expect(event['cookies']).toEqual(['a=1']);
    expect(event).toHaveProperty(['headers', 'cookie'], 'a=1');
  });

  it('has null as identity source when none is configured', () => {
    expect(authorizerEventV2(routedRequest({}, pizza), null)['identitySource']).toBeNull();
  });
});
