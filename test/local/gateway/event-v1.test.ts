import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { NO_AUTHORIZER } from '../../../local/gateway/authorize/authorizer-context.ts';
import { authorizerEventV1, integrationEventV1 } from '../../../local/gateway/integrate/event-v1.ts';
import { api, route, routedRequest } from './fixtures.ts';

const pizza = api({ routes: [route('POST /order/{id}')] });
const request = routedRequest(
  {
    method: 'POST',
    target: '/order/7?x=1&x=2',
    headers: [
      ['x-probe', 'a'],
      ['x-probe', 'b'],
    ],
    body: Buffer.from('hi'),
  },
  pizza,
);

describe('the payload 1.0 events', () => {
  it('hold the last value of a repeated name, and all of them in the multi-value maps', () => {
    expect(integrationEventV1(request, request, NO_AUTHORIZER)).toMatchObject({
      version: '1.0',
      resource: '/order/{id}',
      path: '/order/7',
      httpMethod: 'POST',
      headers: { 'X-Probe': 'b', 'X-Forwarded-For': '203.0.113.7' },
      multiValueHeaders: { 'X-Probe': ['a', 'b'] },
      queryStringParameters: { x: '2' },
      multiValueQueryStringParameters: { x: ['1', '2'] },
      pathParameters: { id: '7' },
      stageVariables: null,
      body: 'hi',
      isBase64Encoded: false,
      requestContext: { httpMethod: 'POST', identity: { sourceIp: '203.0.113.7' }, authorizer: {} },
    });
  });

  it('have null for absent maps and an absent body', () => {
    const bare = routedRequest();
    expect(integrationEventV1(bare, bare, NO_AUTHORIZER)).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
    });
  });

  it('spread the context of a Lambda authorizer beside its principal', () => {
    const authorizer = { kind: 'lambda', context: { tier: 'gold' }, principalId: 'alice' } as const;
    expect(integrationEventV1(request, request, authorizer)).toHaveProperty('requestContext.authorizer', {
      tier: 'gold',
      principalId: 'alice',
    });
  });

  it('join the identity source values for an authorizer, which sees no body', () => {
    const event = authorizerEventV1(request, ['a', 'b']);
    expect(event).toMatchObject({
      version: '1.0',
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:000000000000:abcdef1234/$default/POST/order/7',
      identitySource: 'a,b',
      authorizationToken: 'a,b',
    });
    expect(event).not.toHaveProperty('body');
  });
});
