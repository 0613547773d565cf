import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GUARD_FIELDS } from '../../../lambdas/contract/guard-context.ts';
import type { LimitState } from '../../../lambdas/core/limits/limit.ts';
import { guard } from '../../../lambdas/guard/guard.ts';
import { readLambdaResponseV2 } from '../../../local/gateway/respond/lambda-response.ts';
import {
  answerTo,
  APPLICATION_LIMIT,
  CREDENTIAL,
  eventWith,
  GRANT,
  guarded,
  SUBSCRIPTION_LIMIT,
} from './guarded-call.ts';

const LIMITS = [SUBSCRIPTION_LIMIT, APPLICATION_LIMIT];
const LIMIT_HEADERS = {
  'ratelimit-policy': '"subscription";q=1000;w=60, "application";q=50;w=60',
  ratelimit: '"subscription";r=12;t=34, "application";r=3;t=34',
};

const allowed = (limits: readonly LimitState[] = LIMITS) =>
  eventWith(
    answerTo('detailed', { allowed: true, credential: CREDENTIAL, limits, standing: 'counted' }).context,
  );

/** What the guard makes of a handler's answer. */
const passedOn = (result: unknown, limits: readonly LimitState[] = LIMITS) =>
  guarded(result).call(allowed(limits));

/** An answer as the runtime sends it. */
const sent = (answer: unknown): unknown => z.unknown().parse(JSON.parse(JSON.stringify(answer)));

describe('an allowed call', () => {
  it('reaches the handler with the Lambda context, and with no more of the decision than the grant', async () => {
    const backend = guarded();
    await backend.call(allowed());
    expect(backend.handled).toEqual([
      [{ version: '2.0', requestContext: { authorizer: { lambda: GRANT } } }, 'lambda context'],
    ]);
    expect(backend.logged).toEqual([]);
  });

  it('shows the handler none of the fields of a refusal, should there ever be any', async () => {
    const backend = guarded();
    const fields = Object.fromEntries(GUARD_FIELDS.map((name) => [name, 'x']));
    await backend.call(eventWith({ ...fields, ...GRANT, decision: 'allow' }));
    expect(backend.handled).toMatchObject([[{ requestContext: { authorizer: { lambda: GRANT } } }, {}]]);
    expect(JSON.stringify(backend.handled)).not.toContain('"x"');
  });

  it.each([null, 'text', { a: 1 }, { statusCode: 200, body: 'x' }])(
    'that nothing limits is answered with %j just as the handler does',
    async (result) => {
      expect(await passedOn(result, [])).toBe(result);
    },
  );

  it('fails with the error of the handler', async () => {
    const failing = guard(() => Promise.reject(new RangeError('of its own')));
    await expect(failing(allowed(), {})).rejects.toThrow(new RangeError('of its own'));
    const throwing = guard(() => {
      throw new RangeError('at once');
    });
    await expect(throwing(allowed(), {})).rejects.toThrow(new RangeError('at once'));
  });
});

describe('the headers of limits', () => {
  it('join those of the handler, whose cookies, encoding and multi-value headers stay', async () => {
    const result = {
      statusCode: 201,
      headers: { 'Content-Type': 'image/png', 'x-own': 'a' },
      cookies: ['a=1', 'b=2'],
      body: 'aGk=',
      isBase64Encoded: true,
      multiValueHeaders: { 'x-many': ['1', '2'] },
    };
    expect(await passedOn(result)).toEqual({ ...result, headers: { ...result.headers, ...LIMIT_HEADERS } });
  });

  it('name each limit once: of two burst controls the second has a number', async () => {
    const burst = {
      ...SUBSCRIPTION_LIMIT,
      level: 'burst',
      limit: 5,
      windowSeconds: 1,
      remaining: 4,
    } as const;
    const other = {
      ...burst,
      limit: 8,
      remaining: 7,
      nextAccessEpochSeconds: SUBSCRIPTION_LIMIT.nextAccessEpochSeconds - 33,
    };
    expect(await passedOn({ statusCode: 200 }, [burst, other])).toEqual({
      statusCode: 200,
      headers: {
        'ratelimit-policy': '"burst";q=5;w=1, "burst-2";q=8;w=1',
        ratelimit: '"burst";r=4;t=34, "burst-2";r=7;t=1',
      },
    });
  });

  it('give way to headers of the same name that the handler sets', async () => {
    expect(await passedOn({ statusCode: 200, headers: { RateLimit: '"own";r=1' } })).toEqual({
      statusCode: 200,
      headers: { RateLimit: '"own";r=1', 'ratelimit-policy': LIMIT_HEADERS['ratelimit-policy'] },
    });
  });

  it.each<[unknown, string]>([
    [{ hello: 'world' }, '{"hello":"world"}'],
    ['Hello', 'Hello'],
    ['', ''],
    [['a'], '["a"]'],
    [42, '42'],
    [null, 'null'],
    [undefined, 'null'],
    [{ statusCode: undefined, a: 1 }, '{"a":1}'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('spell out what API Gateway makes of %j without a status', async (result, body) => {
    expect(await passedOn(result)).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json', ...LIMIT_HEADERS },
      body,
    });
  });

  it.each([
    { statusCode: 200, headers: 'x' },
    { statusCode: 200, headers: ['x'] },
  ])('are not added to what API Gateway refuses: %j', async (result) => {
    expect(await passedOn(result)).toBe(result);
  });

  it('change nothing else of any answer, as API Gateway reads it', async () => {
    const answer = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          statusCode: fc.oneof(fc.integer({ min: 100, max: 600 }), fc.jsonValue()),
          headers: fc.oneof(
            fc.dictionary(fc.constantFrom('a', 'Content-Type', 'x-b'), fc.oneof(fc.string(), fc.integer())),
            fc.jsonValue(),
          ),
          cookies: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
          body: fc.oneof(fc.string(), fc.jsonValue()),
          isBase64Encoded: fc.oneof(fc.boolean(), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
    );
    await fc.assert(
      fc.asyncProperty(answer, async (result) => {
        const own = readLambdaResponseV2(sent(result));
        const guardedOne = readLambdaResponseV2(sent(await passedOn(result)));
        const withoutLimits = guardedOne && {
          ...guardedOne,
          headers: guardedOne.headers.filter(([name]) => !(name in LIMIT_HEADERS)),
        };
        expect(withoutLimits).toEqual(own);
        if (own !== undefined) {
          expect(Object.fromEntries(guardedOne?.headers ?? [])).toMatchObject(LIMIT_HEADERS);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what cannot be guarded', () => {
  it('is what is no function', () => {
    // @ts-expect-error -- what a bundle hands over need not be what its types say
    expect(() => guard(undefined)).toThrow('the export handler is not a function');
  });

  it('is a handler that streams its answer', () => {
    const streaming = Object.assign(() => undefined, {
      [Symbol.for('aws.lambda.runtime.handler.streaming')]: 'response',
    });
    expect(() => guard(streaming)).toThrow('a handler that streams cannot be guarded');
  });
});
