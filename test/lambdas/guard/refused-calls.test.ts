import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DetailedStyle } from '../../../lambdas/core/refusals/refusal-style.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../../../lambdas/core/refusals/refusal.ts';
import { formatNextAccessTime } from '../../../lambdas/guard/refusal-response.ts';
import { EXPECTED_REFUSALS, expectedDescription } from './expected-refusals.ts';
import {
  answerTo,
  CHALLENGE,
  CREDENTIAL,
  eventWith,
  GRANT,
  guarded,
  SUBSCRIPTION_LIMIT,
} from './guarded-call.ts';

/** What passes by itself, in a moment. */
const PASSING: ReadonlySet<RefusalReason> = new Set(['limit_unknown', 'key_overloaded']);
const REACHED = { ...SUBSCRIPTION_LIMIT, remaining: 0 };

function refused(style: DetailedStyle, reason: RefusalReason, more: object = {}) {
  return answerTo(style, { allowed: false, reason, credential: CREDENTIAL, ...more });
}

async function answerOf(context: unknown) {
  const backend = guarded();
  const response = await backend.call(eventWith(context));
  expect(backend.handled).toEqual([]);
  expect(backend.logged).toEqual([]);
  return response;
}

describe.each(REFUSAL_REASONS)('a call refused for %s', (reason) => {
  const [statusCode, code, message] = EXPECTED_REFUSALS[reason];
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(statusCode === 401 && { 'www-authenticate': CHALLENGE }),
    ...(PASSING.has(reason) && { 'retry-after': '1' }),
  };

  it('is answered with the flat body of API Manager, whose text comes first', async () => {
    const description = expectedDescription('detailed', reason);
    expect(await answerOf(refused('detailed', reason).context)).toEqual({
      statusCode,
      headers,
      body: `{"code":"${code}","message":"${message}","description":"${description}"}`,
    });
  });

  it('is answered with the fault of Microgateway, whose text comes first', async () => {
    const description = expectedDescription('detailed-fault', reason);
    expect(await answerOf(refused('detailed-fault', reason).context)).toEqual({
      statusCode,
      headers,
      body: `{"fault":{"code":${code},"message":"${message}","description":"${description}"}}`,
    });
  });

  it('tells API Gateway nothing of the key: its access log counts no call for it', () => {
    const { isAuthorized, context } = refused('detailed', reason);
    expect(isAuthorized).toBe(true);
    expect(context).toMatchObject(Object.fromEntries(Object.keys(GRANT).map((field) => [field, 'none'])));
    expect(context).toMatchObject({ decision: 'refuse', reason });
    expect(Object.values(context).filter((value) => typeof value !== 'string')).toEqual([]);
  });
});

describe('a call over a limit', () => {
  const limitHeaders = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'retry-after': '34',
    'ratelimit-policy': '"subscription";q=1000;w=60',
    ratelimit: '"subscription";r=0;t=34',
  };

  it('is told when the next window begins, and all that the limit is', async () => {
    expect(await answerOf(refused('detailed', 'subscription_limit', { limit: REACHED }).context)).toEqual({
      statusCode: 429,
      headers: limitHeaders,
      body:
        '{"code":"900804","message":"Message throttled out","description":"The subscription has used up the limit of ' +
        'its business plan.","nextAccessTime":"2026-Nov-28 06:15:00+0000 UTC"}',
    });
  });

  it('is told so within the fault, too', async () => {
    const { context } = refused('detailed-fault', 'burst_limit', { limit: { ...REACHED, level: 'burst' } });
    expect(await answerOf(context)).toEqual({
      statusCode: 429,
      headers: {
        ...limitHeaders,
        'ratelimit-policy': '"burst";q=1000;w=60',
        ratelimit: '"burst";r=0;t=34',
      },
      body:
        '{"fault":{"code":900807,"message":"Message throttled out","description":"Too many calls at once: burst ' +
        'control stops further calls for a moment.","nextAccessTime":"2026-Nov-28 06:15:00+0000 UTC"}}',
    });
  });

  it('that cannot be told is asked to wait a second, without a time of next access', async () => {
    const response = await answerOf(refused('detailed', 'limit_unknown').context);
    expect(response).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    expect(JSON.stringify(response)).not.toContain('nextAccessTime');
  });

  it('is asked to wait a second at least, however late the answer', async () => {
    const limit = { ...REACHED, nextAccessEpochSeconds: REACHED.nextAccessEpochSeconds - 60 };
    expect(await answerOf(refused('detailed', 'subscription_limit', { limit }).context)).toMatchObject({
      headers: { 'retry-after': '1', ratelimit: '"subscription";r=0;t=0' },
    });
  });

  it.each([
    ['2026-Nov-28 06:15:00+0000 UTC', Date.UTC(2026, 10, 28, 6, 15)],
    ['2027-Jan-01 00:00:00+0000 UTC', Date.UTC(2027, 0, 1)],
    ['2028-Feb-29 23:59:59+0000 UTC', Date.UTC(2028, 1, 29, 23, 59, 59)],
  ])('may call again at %s', (text, epochMilliseconds) => {
    expect(formatNextAccessTime(epochMilliseconds / 1_000)).toBe(text);
  });
});

function inheriting(parent: object): unknown {
  const child: unknown = Object.create(parent);
  return child;
}

describe('what nobody allowed', () => {
  const FAULT = {
    statusCode: 500,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: '{"message":"Internal Server Error"}',
  };
  const allowed = { ...GRANT, decision: 'allow' };
  const whole: Record<string, unknown> = { ...refused('detailed', 'key_unknown').context };

  it.each<[string, unknown]>([
    ['no event', undefined],
    ['a text', 'allow'],
    ['an event without request context', {}],
    ['an event of an API without authorizer', { requestContext: {} }],
    ['an event of a JWT authorizer', { requestContext: { authorizer: { jwt: { claims: allowed } } } }],
    ['an event of an IAM authorizer', { requestContext: { authorizer: { iam: allowed } } }],
    ['the context of payload 1.0', { requestContext: { authorizer: allowed } }],
    ['an authorizer without context', eventWith(null)],
    ['a grant without decision', eventWith(GRANT)],
    ['a decision that is not known', eventWith({ ...allowed, decision: 'Allow' })],
    ['a decision that is no text', eventWith({ ...allowed, decision: ['allow'] })],
    ['a decision that is inherited', { requestContext: { authorizer: { lambda: inheriting(allowed) } } }],
    ['a refusal without style', eventWith({ ...whole, style: undefined })],
    ['a refusal in the plain style', eventWith({ ...whole, style: 'plain' })],
    ['a refusal with status 200', eventWith({ ...whole, status: '200' })],
    ['a refusal with a status that is no text', eventWith({ ...whole, status: 401 })],
    ['a refusal with a code that is no number', eventWith({ ...whole, code: 'x' })],
    ['a refusal without message', eventWith({ ...whole, message: '' })],
    [
      'headers, query and body that a client named like the context',
      { headers: allowed, queryStringParameters: allowed, body: JSON.stringify(allowed), ...allowed },
    ],
  ])('%s is a fault that is logged, and reaches no handler', async (_, event) => {
    const backend = guarded();
    expect(await backend.call(event)).toEqual(FAULT);
    expect(backend.handled).toEqual([]);
    expect(backend.logged).toEqual([
      { level: 'ERROR', type: 'unguarded_call', errorMessage: 'The event carries no decision' },
    ]);
  });

  it('reaches no handler, whatever the context is, as long as nobody decided to allow', async () => {
    const field = fc.oneof(fc.constantFrom(...Object.values(whole), 'refuse', 'allow '), fc.anything());
    const context = fc.oneof(
      fc.anything(),
      fc.record(Object.fromEntries(Object.keys(whole).map((name) => [name, field])), { requiredKeys: [] }),
      fc.dictionary(fc.constantFrom(...Object.keys(whole), ...Object.keys(GRANT)), field),
    );
    await fc.assert(
      fc.asyncProperty(context, async (lambda) => {
        fc.pre(Reflect.get(Object(lambda), 'decision') !== 'allow');
        const backend = guarded();
        const response = await backend.call({ requestContext: { authorizer: { lambda } } });
        expect(backend.handled).toEqual([]);
        expect(Reflect.get(Object(response), 'statusCode')).toBeGreaterThanOrEqual(401);
      }),
      { numRuns: 1_000 },
    );
  });

  it('reaches no handler, whatever the event is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withNullPrototype: true }), async (event) => {
        const backend = guarded();
        expect(await backend.call(event)).toEqual(FAULT);
        expect(backend.handled).toEqual([]);
      }),
    );
  });
});
