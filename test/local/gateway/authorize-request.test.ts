import { describe, expect, it } from 'vitest';
import { authorizeRequest } from '../../../local/gateway/authorize/authorize-request.ts';
import { createAuthorizerCache } from '../../../local/gateway/authorize/authorizer-cache.ts';
import type { InvocationResult, RequestAuthorizer } from '../../../local/gateway/model.ts';
import type { RawParts } from './fixtures.ts';
import {
  api,
  functionArn,
  manualClock,
  requestAuthorizer,
  returned,
  route,
  routedRequest,
  stage,
  threw,
} from './fixtures.ts';

const theApi = api({
  routes: [route('GET /menu'), route('GET /order')],
  stages: [stage({ variables: { env: 'production' } })],
});

/** Runs requests through one authorizer; `calls` holds what its function was asked. */
function harness(
  over: Partial<RequestAuthorizer>,
  answer: () => InvocationResult = () => returned({ isAuthorized: true }),
) {
  const clock = manualClock();
  const calls: { arn: string; event: unknown; timeout: number }[] = [];
  const dependencies = {
    cache: createAuthorizerCache(clock, 1500),
    invoke: (arn: string, event: unknown, timeout: number) => {
      calls.push({ arn, event, timeout });
      return Promise.resolve(answer());
    },
  };
  const run = (parts: RawParts) =>
    authorizeRequest(requestAuthorizer(over), routedRequest(parts, theApi), dependencies);
  return { run, calls, clock };
}

const keyed: Partial<RequestAuthorizer> = {
  identitySources: ['$request.header.ApiKey'],
  resultTtlSeconds: 60,
};
const menu: RawParts = { target: '/menu', headers: [['apikey', 'k1']] };

describe('identity sources', () => {
  it.each([
    ['$request.header.apikey', { target: '/menu' }],
    ['$request.querystring.apikey', { target: '/menu?APIKEY=1' }],
    ['$context.authorizer.x', { target: '/menu' }],
    ['$stageVariables.none', { target: '/menu' }],
  ])('refuse with 401 without asking the function when %s is absent', async (source, parts) => {
    const { run, calls } = harness({ identitySources: [source] });
    expect(await run(parts)).toEqual({ outcome: 'refused', status: 401 });
    expect(calls).toEqual([]);
  });

  it('must all be there', async () => {
    const { run, calls } = harness({ identitySources: ['$request.header.apikey', '$request.querystring.q'] });
    expect(await run(menu)).toEqual({ outcome: 'refused', status: 401 });
    expect(calls).toEqual([]);
  });

  it.each([
    ['$request.header.APIKEY', { target: '/menu', headers: [['apikey', '']] }, ''],
    ['$request.querystring.apikey', { target: '/menu?apikey=' }, ''],
    ['$request.querystring.apikey', { target: '/menu?apikey=a%20b&apikey=c' }, 'a b,c'],
    ['$context.identity.sourceIp', { target: '/menu' }, '203.0.113.7'],
    ['$context.routeKey', { target: '/menu' }, 'GET /menu'],
    ['$stageVariables.env', { target: '/menu' }, 'production'],
  ] as const)('reach the function as the value of %s', async (source, parts, value) => {
    const { run, calls } = harness({ identitySources: [source] });
    expect(await run(parts)).toMatchObject({ outcome: 'allowed' });
    expect(calls).toMatchObject([{ arn: functionArn('authorizer'), event: { identitySource: [value] } }]);
  });

  it('are null when none is configured, and the function is asked every time', async () => {
    const { run, calls } = harness({});
    await run({ target: '/menu' });
    await run({ target: '/menu' });
    expect(calls).toMatchObject([{ event: { identitySource: null } }, { event: { identitySource: null } }]);
  });
});

describe('the function', () => {
  it('has ten seconds', async () => {
    const { run, calls } = harness({});
    await run(menu);
    expect(calls).toMatchObject([{ timeout: 10_000 }]);
  });

  it('gets the payload 1.0 event and must answer with a policy when configured so', async () => {
    const { run, calls } = harness({ payloadFormatVersion: '1.0' });
    expect(await run(menu)).toMatchObject({ outcome: 'refused', status: 500 });
    expect(calls).toMatchObject([{ event: { version: '1.0', type: 'REQUEST' } }]);
  });

  it('that does not exist is a fault, not a crash', async () => {
    const dependencies = {
      cache: createAuthorizerCache(manualClock(), 0),
      invoke: () => Promise.reject(new Error('no such function')),
    };
    const outcome = await authorizeRequest(requestAuthorizer(), routedRequest(menu, theApi), dependencies);
    expect(outcome).toMatchObject({ outcome: 'refused', status: 500 });
  });

  it('that rejects with the text Unauthorized from outside is still a fault', async () => {
    const dependencies = {
      cache: createAuthorizerCache(manualClock(), 0),
      invoke: () => Promise.reject(new Error('Unauthorized')),
    };
    const outcome = await authorizeRequest(requestAuthorizer(), routedRequest(menu, theApi), dependencies);
    expect(outcome).toMatchObject({ outcome: 'refused', status: 500 });
  });
});

describe('cached results', () => {
  it('are replayed on every route of the authorizer until the TTL is over', async () => {
    const { run, calls, clock } = harness(keyed);
    await run(menu);
    expect(await run({ ...menu, target: '/order' })).toMatchObject({ outcome: 'allowed' });
    expect(calls).toHaveLength(1);
    clock.advance(60_000);
    await run(menu);
    expect(calls).toHaveLength(2);
  });

  it('ignore everything that is not an identity source', async () => {
    const { run, calls } = harness(keyed);
    await run(menu);
    await run({ ...menu, peerAddress: '198.51.100.9' });
    expect(calls).toHaveLength(1);
    await run({ target: '/menu', headers: [['apikey', 'k2']] });
    expect(calls).toHaveLength(2);
  });

  it('are kept per route when the route key is a source', async () => {
    const { run, calls } = harness({
      ...keyed,
      identitySources: ['$request.header.apikey', '$context.routeKey'],
    });
    await run(menu);
    await run({ ...menu, target: '/order' });
    await run(menu);
    expect(calls).toHaveLength(2);
  });

  it('hold denials too', async () => {
    const { run, calls } = harness(keyed, () => returned({ isAuthorized: false }));
    await run(menu);
    expect(await run(menu)).toEqual({ outcome: 'refused', status: 403 });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['a thrown Unauthorized', threw('Unauthorized'), 401],
    ['another error', threw('boom'), 500],
    ['a malformed answer', returned({}), 500],
    ['a time-out', { outcome: 'timed-out' }, 500],
  ] as const)('never hold %s', async (_what, result, status) => {
    const { run, calls } = harness(keyed, () => result);
    await run(menu);
    expect(await run(menu)).toMatchObject({ outcome: 'refused', status });
    expect(calls).toHaveLength(2);
  });

  it('of IAM policies are judged again for every route', async () => {
    const Resource = 'arn:aws:execute-api:us-east-1:000000000000:abcdef1234/*/GET/menu';
    const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }];
    const { run, calls } = harness({ ...keyed, enableSimpleResponses: false }, () =>
      returned({ principalId: 'alice', policyDocument: { Statement } }),
    );
    expect(await run(menu)).toMatchObject({ outcome: 'allowed' });
    expect(await run({ ...menu, target: '/order' })).toEqual({ outcome: 'refused', status: 403 });
    expect(calls).toHaveLength(1);
  });
});
