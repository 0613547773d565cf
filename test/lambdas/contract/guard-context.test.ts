import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grantOf, NO_GRANT } from '../../../lambdas/contract/grant.ts';
import {
  GUARD_FIELDS,
  readDecision,
  writeAllowed,
  writeRefused,
  type RateLimitFields,
  type ToldRefusal,
} from '../../../lambdas/contract/guard-context.ts';
import { REFUSAL_REASONS, REFUSALS } from '../../../lambdas/core/refusals/refusal.ts';
import { DETAILED_STYLES } from '../../../lambdas/core/refusals/refusal-style.ts';
import { anything, epochSeconds, oddText, refusalReason } from './arbitraries.ts';

const limits: fc.Arbitrary<RateLimitFields> = fc.record(
  { rateLimit: oddText, rateLimitPolicy: oddText },
  { requiredKeys: [] },
);

const told: fc.Arbitrary<ToldRefusal> = fc.record(
  {
    style: fc.constantFrom(...DETAILED_STYLES),
    status: fc.constantFrom(...REFUSAL_REASONS.map((reason) => REFUSALS[reason].status)),
    code: fc.integer({ min: 0, max: 999_999_999 }).map(String),
    message: oddText,
    description: oddText,
    challenge: oddText,
    nextAccessEpochSeconds: epochSeconds,
  },
  { requiredKeys: ['style', 'status', 'code', 'message', 'description'] },
);

/** An event of an integration, as the wire carries it. */
function eventWith(lambda: unknown): unknown {
  const event: unknown = JSON.parse(JSON.stringify({ requestContext: { authorizer: { lambda } } }));
  return event;
}

describe("the authorizer's context", () => {
  it('tells the guard all of a refused call that its answer needs', () => {
    fc.assert(
      fc.property(told, refusalReason, limits, (refusal, reason, fields) => {
        const context = { ...NO_GRANT, ...writeRefused(refusal, reason, fields) };
        expect(readDecision(eventWith(context))).toMatchObject({ kind: 'refuse', limits: fields, refusal });
        expect(Object.values(context).every((value) => typeof value === 'string')).toBe(true);
      }),
    );
  });

  it('tells the guard that a call is allowed, and how it stands to its limits', () => {
    fc.assert(
      fc.property(limits, (fields) => {
        const context = { ...NO_GRANT, ...writeAllowed(fields) };
        expect(readDecision(eventWith(context))).toEqual({ kind: 'allow', limits: fields, fields: context });
      }),
    );
  });

  it('is as deployed guards read it', () => {
    expect(
      writeRefused(
        {
          style: 'detailed',
          status: 429,
          code: '900804',
          message: 'Message throttled out',
          description: 'Wait.',
          challenge: 'API Key realm="Keybound"',
          nextAccessEpochSeconds: 1_795_846_500,
        },
        'subscription_limit',
        { rateLimit: '"subscription";r=0;t=34', rateLimitPolicy: '"subscription";q=5;w=60' },
      ),
    ).toEqual({
      decision: 'refuse',
      style: 'detailed',
      reason: 'subscription_limit',
      status: '429',
      code: '900804',
      message: 'Message throttled out',
      description: 'Wait.',
      challenge: 'API Key realm="Keybound"',
      nextAccess: '1795846500',
      rateLimit: '"subscription";r=0;t=34',
      rateLimitPolicy: '"subscription";q=5;w=60',
    });
    expect(writeAllowed({ rateLimit: 'r', rateLimitPolicy: 'p' })).toEqual({
      decision: 'allow',
      rateLimit: 'r',
      rateLimitPolicy: 'p',
    });
  });

  it('is none that the guard understands when it is anything else', () => {
    fc.assert(
      fc.property(anything(GUARD_FIELDS), (value) => {
        for (const event of [
          value,
          { requestContext: value },
          { requestContext: { authorizer: { lambda: value } } },
        ]) {
          expect(readDecision(event)).toEqual({ kind: 'unknown' });
        }
      }),
    );
  });
});

describe('the grant', () => {
  it('has a text for every field, allowed or not, so that no mapping finds nothing', () => {
    const credential = {
      keyUUID: '0f0e0d0c-0000-4000-8000-000000000000',
      keyName: 'My "key"',
      keyType: 'SANDBOX',
      status: 'ACTIVE',
      owner: 'group:über',
      issuedAtEpochMilliseconds: 7,
      permittedIp: [],
      permittedReferrer: [],
    } as const;
    expect(grantOf(credential, 'counted')).toEqual({
      keyUUID: '0f0e0d0c-0000-4000-8000-000000000000',
      keyName: 'My "key"',
      keyType: 'SANDBOX',
      owner: 'group:über',
      applicationId: 'none',
      subscriptionId: 'none',
      subscriptionPolicy: 'none',
      valueIssuedOn: '7',
      ownerInLog: 'group:%C3%BCber',
      policyInLog: 'none',
      limits: 'counted',
    });
    expect(Object.keys(NO_GRANT)).toEqual(Object.keys(grantOf(credential, 'none')));
    expect(new Set(Object.values(NO_GRANT))).toEqual(new Set(['none']));
  });
});
