import { describe, expect, it } from 'vitest';
import {
  applyAuthorizerAnswer,
  readAuthorizerAnswer,
} from '../../../local/gateway/authorize/authorizer-answer.ts';
import type { InvocationResult } from '../../../local/gateway/model.ts';
import { returned, threw } from './fixtures.ts';

const ARN = 'arn:aws:execute-api:us-east-1:000000000000:abcdef1234/production/GET/menu/7';

function decide(result: InvocationResult, simple: boolean) {
  const answer = readAuthorizerAnswer(result, simple);
  return 'outcome' in answer ? answer : applyAuthorizerAnswer(answer, ARN);
}

function policy(...statements: readonly object[]) {
  return { principalId: 'alice', policyDocument: { Version: '2012-10-17', Statement: statements } };
}

const allowAll = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };

describe('a simple response', () => {
  it('allows with its context', () => {
    const context = { s: 'x', n: 1, b: false, list: ['a', 1], map: { deep: { x: 'y' } } };
    expect(decide(returned({ isAuthorized: true, context }), true)).toEqual({
      outcome: 'allowed',
      context: { kind: 'lambda', context },
    });
  });

  it('may have null in its context, and its flag as text', () => {
    const context = { x: null, list: [null] };
    expect(decide(returned({ isAuthorized: 'true', context }), true)).toEqual({
      outcome: 'allowed',
      context: { kind: 'lambda', context },
    });
    expect(decide(returned({ isAuthorized: 'false' }), true)).toEqual({ outcome: 'refused', status: 403 });
  });

  it('allows with a null context when it has none', () => {
    expect(decide(returned({ isAuthorized: true }), true)).toEqual({
      outcome: 'allowed',
      context: { kind: 'lambda', context: null },
    });
  });

  it('allows with nulls in its context, and when it says so as a text', () => {
    const context = { x: null, list: [null] };
    expect(decide(returned({ isAuthorized: 'true', context }), true)).toEqual({
      outcome: 'allowed',
      context: { kind: 'lambda', context },
    });
    expect(decide(returned({ isAuthorized: 'false' }), true)).toEqual({ outcome: 'refused', status: 403 });
  });

  it('refuses with 403', () => {
    expect(decide(returned({ isAuthorized: false, context: { reason: 'x' } }), true)).toEqual({
      outcome: 'refused',
      status: 403,
    });
  });

  it.each([
    ['a truthy text', { isAuthorized: 'yes' }],
    ['a text in another case', { isAuthorized: 'True' }],
    ['a number', { isAuthorized: 1 }],
    ['nothing', {}],
    ['null', null],
    ['undefined', undefined],
    ['a text', 'Allow'],
    ['a list', [true]],
    ['an IAM policy', policy(allowAll)],
    ['a context that is no map', { isAuthorized: true, context: 'x' }],
    ['a context that is a list', { isAuthorized: true, context: ['x'] }],
    ['a number that JSON does not have', { isAuthorized: true, context: { x: Number.NaN } }],
  ])('that is %s is a fault', (_what, payload) => {
    expect(decide(returned(payload), true)).toMatchObject({ outcome: 'refused', status: 500 });
  });
});

describe('what a function does instead of answering', () => {
  it.each([true, false])('maps exactly "Unauthorized" to 401 (simple responses: %s)', (simple) => {
    expect(decide(threw('Unauthorized'), simple)).toEqual({ outcome: 'refused', status: 401 });
    expect(decide(returned({ errorMessage: 'Unauthorized' }), simple)).toEqual({
      outcome: 'refused',
      status: 401,
    });
    expect(decide(returned({ errorMessage: 'unauthorized' }), simple)).toMatchObject({ status: 500 });
  });

  it.each(['unauthorized', 'Unauthorized.', ' Unauthorized', '', 'boom'])('maps "%s" to 500', (message) => {
    expect(decide(threw(message), true)).toMatchObject({ outcome: 'refused', status: 500 });
  });

  it.each([true, false])(
    'maps a returned report of "Unauthorized" to 401 (simple responses: %s)',
    (simple) => {
      expect(decide(returned({ errorMessage: 'Unauthorized' }), simple)).toEqual({
        outcome: 'refused',
        status: 401,
      });
      expect(decide(returned({ errorMessage: 'boom' }), simple)).toMatchObject({ status: 500 });
    },
  );

  it('maps what Lambda throttles to 500: never an allowed call', () => {
    expect(decide({ outcome: 'throttled' }, true)).toMatchObject({ outcome: 'refused', status: 500 });
  });

  it('maps a time-out to 500', () => {
    expect(decide({ outcome: 'timed-out' }, true)).toMatchObject({ outcome: 'refused', status: 500 });
  });
});

describe('an IAM policy', () => {
  it('allows the route that it names, with its principal', () => {
    const answer = { ...policy({ ...allowAll, Resource: [ARN] }), context: { tier: 'gold' } };
    expect(decide(returned(answer), false)).toEqual({
      outcome: 'allowed',
      context: { kind: 'lambda', context: { tier: 'gold' }, principalId: 'alice' },
    });
  });

  it.each([
    ['a wildcard resource', '*'],
    ['a wildcard path', 'arn:aws:execute-api:us-east-1:000000000000:abcdef1234/production/*'],
    ['a question mark', ARN.replace('/7', '/?')],
  ])('allows by %s', (_what, Resource) => {
    expect(decide(returned(policy({ ...allowAll, Resource })), false)).toMatchObject({ outcome: 'allowed' });
  });

  it.each([
    ['another method', [{ ...allowAll, Resource: ARN.replace('GET', 'POST') }]],
    ['a prefix only', [{ ...allowAll, Resource: ARN.slice(0, -1) }]],
    ['dots as wildcards', [{ ...allowAll, Resource: ARN.replace('menu', '....') }]],
    ['another action', [{ ...allowAll, Action: 's3:GetObject' }]],
    ['a deny beside an allow', [allowAll, { ...allowAll, Effect: 'Deny', Resource: ARN }]],
    ['no statement', []],
  ])('with %s refuses with 403', (_what, statements) => {
    expect(decide(returned(policy(...statements)), false)).toEqual({ outcome: 'refused', status: 403 });
  });

  it.each([
    ['a simple response', { isAuthorized: true }],
    ['no principal', { policyDocument: { Statement: [allowAll] } }],
    ['no statement element', { principalId: 'a', policyDocument: {} }],
    ['an unknown effect', policy({ ...allowAll, Effect: 'allow' })],
    ['no resource', policy({ Effect: 'Allow', Action: '*' })],
    ['a condition, which is not supported', policy({ ...allowAll, Condition: { IpAddress: {} } })],
    [
      'a negated resource, which is not supported',
      policy({ Effect: 'Allow', Action: '*', NotResource: ARN }),
    ],
  ])('that is %s is a fault', (_what, payload) => {
    expect(decide(returned(payload), false)).toMatchObject({ outcome: 'refused', status: 500 });
  });
});
