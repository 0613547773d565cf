import { describe, expect, it } from 'vitest';
import { accessLogLine } from '../../../local/gateway/respond/access-log.ts';
import type { ContextFacts } from '../../../local/gateway/route/context-variable.ts';
import { NO_AUTHORIZER } from '../../../local/gateway/authorize/authorizer-context.ts';
import { routedRequest } from './fixtures.ts';

const request = routedRequest({ target: '/menu/a%20b?x=1', headers: [['user-agent', 'he said "hi"\\']] });

const facts: ContextFacts = {
  request,
  routeKey: 'GET /menu/{id}',
  authorizer: { kind: 'lambda', context: { keyUUID: 'k-1', calls: 3, empty: '' } },
  response: {
    status: 200,
    responseLength: 17,
    responseLatencyMilliseconds: 12,
    integrationLatencyMilliseconds: 5,
    integrationStatus: 201,
  },
};

describe('a line of the access log', () => {
  it.each([
    ['requestId', 'ATfSmjLgPHcESJw='],
    ['requestTime', '12/Mar/2026:19:03:58 +0000'],
    ['requestTimeEpoch', '1773342238'],
    ['httpMethod', 'GET'],
    ['path', '/menu/a b'],
    ['routeKey', 'GET /menu/{id}'],
    ['status', '200'],
    ['protocol', 'HTTP/1.1'],
    ['responseLength', '17'],
    ['responseLatency', '12'],
    ['integrationLatency', '5'],
    ['integration.latency', '5'],
    ['integrationStatus', '201'],
    ['identity.sourceIp', '203.0.113.7'],
    ['apiId', 'abcdef1234'],
    ['accountId', '000000000000'],
    ['stage', '$default'],
    ['domainPrefix', 'abcdef1234'],
    ['authorizer.keyUUID', 'k-1'],
    ['authorizer.calls', '3'],
    ['authorizer.empty', '-'],
    ['authorizer.none', '-'],
    ['error.message', '-'],
    ['integrationErrorMessage', '-'],
    ['awsEndpointRequestId', '-'],
  ])('has $context.%s', (name, value) => {
    expect(accessLogLine(`$context.${name}`, facts)).toBe(value);
  });

  it('keeps the text around the variables', () => {
    expect(
      accessLogLine('[$context.status] "$context.httpMethod $context.path" $context.stage.', facts),
    ).toBe('[200] "GET /menu/a b" $default.');
  });

  it('has values as they are: quotation marks and backslashes break JSON, as on AWS', () => {
    const line = accessLogLine('{"agent":"$context.identity.userAgent","n":$context.status}', facts);
    expect(line).toBe('{"agent":"he said "hi"\\","n":200}');
    expect(() => void JSON.parse(line)).toThrow(SyntaxError);
  });

  it('reads claims, colons in their names included', () => {
    const authorizer = {
      kind: 'jwt',
      claims: { 'cognito:groups': '[admin]', sub: 'a' },
      scopes: null,
    } as const;
    expect(
      accessLogLine('$context.authorizer.claims.cognito:groups $context.authorizer.claims.sub', {
        ...facts,
        authorizer,
      }),
    ).toBe('[admin] a');
  });

  it('has dashes for a request that never had a route or an authorizer', () => {
    const bare: ContextFacts = { request, authorizer: NO_AUTHORIZER };
    expect(
      accessLogLine('$context.routeKey $context.authorizer.keyUUID $context.integrationLatency', bare),
    ).toBe('- - -');
  });

  it('quotes the error message on demand', () => {
    const response = {
      status: 403,
      responseLength: 23,
      responseLatencyMilliseconds: 1,
      errorMessage: 'Forbidden',
    };
    expect(accessLogLine('{"e":$context.error.messageString}', { ...facts, response })).toBe(
      '{"e":"Forbidden"}',
    );
  });
});
