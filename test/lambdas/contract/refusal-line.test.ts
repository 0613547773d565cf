import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRefusal, readRefusals } from '../../../lambdas/contract/read-refusal-line.ts';
import {
  writeRefusal,
  writeRefusals,
  type LoggedRefusal,
  type RefusedSubject,
} from '../../../lambdas/contract/refusal-line.ts';
import { lineOf } from '../../../lambdas/platform/log.ts';
import { parseJson } from '../../../lambdas/platform/parse-json.ts';
import {
  anything,
  epochMilliseconds,
  epochSeconds,
  keyType,
  oddText,
  refusalReason,
  uuid,
} from './arbitraries.ts';

const subject = {
  at: epochMilliseconds,
  reason: refusalReason,
  code: oddText,
  status: fc.constantFrom(401, 403, 404, 429, 503),
  apiId: oddText,
  keyUUID: uuid,
  owner: oddText,
  applicationId: uuid,
  subscriptionId: oddText,
};
const always = ['at', 'reason', 'code', 'status', 'apiId'] as const;

const refusal: fc.Arbitrary<LoggedRefusal> = fc.record(
  {
    ...subject,
    requestId: fc.string({ minLength: 1, maxLength: 128 }),
    environment: keyType,
    sourceIp: fc.oneof(fc.ipV4(), fc.ipV6()),
    referrer: oddText,
    policy: oddText,
    nextAccessAt: epochSeconds,
  },
  { requiredKeys: [...always, 'requestId', 'environment'] },
);
const subjects: fc.Arbitrary<RefusedSubject> = fc.record(subject, { requiredKeys: [...always] });

/** The line as it stands in the log, read as the function `usage` does. */
function asLogged(line: Readonly<Record<string, unknown>>): unknown {
  return parseJson(lineOf({ timestamp: '2026-11-28T06:14:26.000Z', ...line }));
}

const KEY = '0f0e0d0c-0000-4000-8000-000000000000';

describe('a line about refused calls', () => {
  it('tells all of one call', () => {
    fc.assert(
      fc.property(refusal, (call) => {
        const line = asLogged({ ...writeRefusal(call) });
        expect(readRefusal(line)).toEqual(call);
        expect(readRefusals(line)).toBeUndefined();
      }),
    );
  });

  it('tells of many calls what is counted', () => {
    fc.assert(
      fc.property(subjects, fc.integer({ min: 1, max: 1_000_000_000 }), (many, count) => {
        const { at, reason, apiId, keyUUID, applicationId } = many;
        const line = asLogged({ ...writeRefusals(many, count) });
        expect(readRefusals(line)).toEqual({
          ...{ at, reason, apiId, count },
          ...(keyUUID !== undefined && { keyUUID }),
          ...(applicationId !== undefined && { applicationId }),
        });
        expect(readRefusal(line)).toBeUndefined();
      }),
    );
  });

  it('is as deployed authorizers write it', () => {
    const call: LoggedRefusal = {
      at: 1_795_846_466_000,
      reason: 'subscription_limit',
      code: '900804',
      status: 429,
      apiId: 'a',
      keyUUID: KEY,
      owner: 'alice',
      applicationId: KEY,
      subscriptionId: KEY,
      requestId: 'JKJaXmPLvHcESHA=',
      environment: 'PRODUCTION',
      sourceIp: '192.0.2.7',
      referrer: 'https://shop.example.com/',
      policy: 'Bronze',
      nextAccessAt: 1_795_846_500,
    };
    expect(writeRefusal(call)).toEqual({ level: 'INFO', type: 'refusal', count: 1, ...call });
    const { at, reason, code, status, apiId } = call;
    expect(writeRefusals({ at, reason, code, status, apiId }, 12)).toEqual({
      ...{ level: 'INFO', type: 'refusal', count: 12 },
      ...{ at, reason, code, status, apiId },
    });
  });

  it.each([
    ['no key of ours', { keyUUID: 'x' }],
    ['a time before all times', { at: -1 }],
    ['no reason that there is', { reason: 'because' }],
    ['another type', { type: 'access' }],
  ])('is none with %s', (_, change) => {
    const one = { type: 'refusal', at: 1, reason: 'key_unknown', code: '900901', status: 401, apiId: 'a' };
    const whole = { ...one, requestId: 'r', environment: 'SANDBOX', count: 1 };
    expect(readRefusal(whole)).toBeDefined();
    expect(readRefusals({ ...one, count: 2 })).toBeDefined();
    expect(readRefusal({ ...whole, ...change })).toBeUndefined();
    expect(readRefusals({ ...one, count: 2, ...change })).toBeUndefined();
  });

  it('cannot be made of anything else', () => {
    fc.assert(
      fc.property(
        anything([...Object.keys(subject), 'type', 'requestId', 'environment', 'count']),
        (line) => {
          expect(readRefusal(line)).toBeUndefined();
          expect(readRefusals(line)).toBeUndefined();
        },
      ),
    );
  });
});
