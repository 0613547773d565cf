import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CREDENTIAL_STATUSES,
  KEY_TYPES,
  SUBSCRIPTION_STATUSES,
  type Credential,
  type SubscriptionStatus,
} from '../../../lambdas/core/decision/credential.ts';
import { CHECKS, decideAccess, type Call } from '../../../lambdas/core/decision/decide-access.ts';
import {
  compileIpRule,
  formatIpRule,
  readIpRestriction,
} from '../../../lambdas/core/restrictions/ip-restriction.ts';
import { LIFECYCLE_STATUSES, type ApiState } from '../../../lambdas/core/apis/managed-api.ts';
import {
  compileReferrerRule,
  formatReferrerRule,
  readReferrerRestriction,
} from '../../../lambdas/core/restrictions/referrer-restriction.ts';
import type { RefusalReason } from '../../../lambdas/core/refusals/refusal.ts';
import { traceAccess, traceLimits } from '../../../lambdas/core/decision/trace-access.ts';
import { credentialWith } from '../../support/credential-with.ts';

const NOW = 1_800_000_000;

/** Mostly what lets a call through, so that the later checks have their turn. */
function usually<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(usual, ...others) },
  );
}

const situation = fc.record({
  isKnown: usually(true, false),
  status: usually<Credential['status']>('ACTIVE', ...CREDENTIAL_STATUSES),
  expires: usually(undefined, NOW - 1, NOW, NOW + 1),
  replaced: usually(undefined, NOW - 1, NOW, NOW + 1),
  keyOf: usually<string | undefined>('pizza', 'petstore', undefined),
  keyType: fc.constantFrom(...KEY_TYPES),
  environment: usually<'same' | 'other'>('same', 'other'),
  gateway: usually<'own' | 'other' | 'unregistered'>('own', 'other', 'unregistered'),
  lifecycle: usually<ApiState['lifecycle']>('PUBLISHED', ...LIFECYCLE_STATUSES),
  requiresSubscription: fc.boolean(),
  hasApplication: usually(true, false),
  subscription: usually<SubscriptionStatus | undefined>('UNBLOCKED', ...SUBSCRIPTION_STATUSES, undefined),
  /** Does the restriction cover the address? `undefined`: there is none. */
  covered: usually(undefined, true, false),
  address: usually<string | undefined>('192.0.2.7', 'nonsense', undefined),
  referred: usually(undefined, true, false),
  referrer: usually<string | undefined>('https://www.example.com/page', '', 'a b', undefined),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

/** The rules as the documents tell them, in the plainest words. */
function expected(input: Situation): RefusalReason | undefined {
  if (!input.isKnown) return 'key_unknown';
  if (input.status === 'SUSPENDED') return 'key_suspended';
  if (input.status === 'REVOKED') return 'key_revoked';
  if (input.status === 'REGENERATED') return 'key_regenerated';
  if (input.replaced !== undefined && input.replaced <= NOW) return 'key_regenerated';
  if (input.expires !== undefined && input.expires <= NOW) return 'key_expired';
  if (input.keyOf === 'petstore') return 'api_mismatch';
  if (input.environment === 'other') return 'environment_mismatch';
  if (input.gateway !== 'own') return 'api_unknown';
  if (input.lifecycle === 'CREATED') return 'api_unpublished';
  if (input.lifecycle === 'BLOCKED') return 'api_blocked';
  if (input.lifecycle === 'RETIRED') return 'api_retired';
  const isLeft = input.keyOf === undefined && (!input.hasApplication || input.subscription !== undefined);
  if (input.requiresSubscription || isLeft) {
    if (!input.hasApplication) return 'application_missing';
    if (input.subscription === undefined) return 'subscription_missing';
    if (input.subscription === 'BLOCKED') return 'subscription_blocked';
    if (input.subscription === 'PROD_ONLY_BLOCKED' && input.keyType === 'PRODUCTION') {
      return 'subscription_production_blocked';
    }
    if (input.subscription === 'ON_HOLD') return 'subscription_on_hold';
    if (input.subscription === 'REJECTED') return 'subscription_rejected';
  }
  if (input.covered !== undefined && input.address !== '192.0.2.7') return 'address_unknown';
  if (input.covered === false) return 'address_forbidden';
  if (input.referred === undefined) return undefined;
  if (input.referrer === undefined || input.referrer === '') return 'referrer_missing';
  return input.referred && input.referrer !== 'a b' ? undefined : 'referrer_forbidden';
}

function factsOf(input: Situation): readonly [Call, Credential | undefined, ApiState | undefined] {
  const other = { PRODUCTION: 'SANDBOX', SANDBOX: 'PRODUCTION' } as const;
  const call: Call = {
    apiId: 'pizza',
    gatewayApiId: 'gateway',
    environment: input.environment === 'same' ? input.keyType : other[input.keyType],
    requiresSubscription: input.requiresSubscription,
    freshness: { mode: 'strict' },
    atEpochSeconds: NOW,
    ...(input.address !== undefined && { clientAddress: input.address }),
    ...(input.referrer !== undefined && { referrer: input.referrer }),
  };
  const rules = (covers: boolean | undefined, yes: string, no: string) =>
    covers === undefined ? [] : [covers ? yes : no];
  const credential = credentialWith({
    keyType: input.keyType,
    status: input.status,
    permittedIp: rules(input.covered, '192.0.2.0/24', '2001:db8::/32').map(compileIpRule),
    permittedReferrer: rules(input.referred, '*.example.com/*', 'example.com/*').map(compileReferrerRule),
    ...(input.keyOf !== undefined && { apiId: input.keyOf }),
    ...(input.expires !== undefined && { expiresAtEpochSeconds: input.expires }),
    ...(input.replaced !== undefined && { replacedAtEpochSeconds: input.replaced }),
    ...(input.hasApplication && { applicationId: 'application' }),
    ...(input.subscription !== undefined && {
      subscription: { subscriptionId: 'subscription', status: input.subscription, policy: 'Gold' },
    }),
  });
  const api =
    input.gateway === 'unregistered'
      ? undefined
      : { gatewayApiId: input.gateway === 'own' ? 'gateway' : 'other', lifecycle: input.lifecycle };
  return [call, input.isKnown ? credential : undefined, api];
}

describe('the trace of a decision', () => {
  it('decides as the decision does, and as a plain reading of the rules, for any key and call', () => {
    const seen = new Set<RefusalReason | 'allowed'>();
    fc.assert(
      fc.property(situation, (input) => {
        const facts = factsOf(input);
        const { decision } = traceAccess(...facts);
        const reason = decision.allowed ? undefined : decision.reason;
        expect(decision).toEqual(decideAccess(...facts));
        expect(reason).toBe(expected(input));
        seen.add(reason ?? 'allowed');
      }),
      { numRuns: 3_000 },
    );
    expect(seen.size).toBeGreaterThan(17);
  });

  it('has every check in its order, of which the first that refuses decides with its reason', () => {
    fc.assert(
      fc.property(situation, (input) => {
        const { decision, steps } = traceAccess(...factsOf(input));
        expect(steps.map(({ check }) => check)).toEqual(['known key', ...CHECKS.map(({ name }) => name)]);
        const refusing = steps.filter(({ outcome }) => outcome === 'refused');
        expect(steps.filter(({ decides }) => decides)).toEqual(refusing.slice(0, 1));
        expect(refusing[0]?.reason).toBe(decision.allowed ? undefined : decision.reason);
        for (const { outcome, reason } of steps) expect(reason !== undefined).toBe(outcome === 'refused');
      }),
    );
  });

  it('says of each check after the one that decides what it would have refused', () => {
    const { steps } = traceAccess(
      ...factsOf({
        ...firstSample(),
        isKnown: true,
        status: 'REVOKED',
        expires: NOW - 1,
        replaced: undefined,
        keyOf: 'petstore',
        environment: 'other',
        gateway: 'own',
        lifecycle: 'BLOCKED',
        requiresSubscription: true,
        hasApplication: false,
        covered: false,
        address: '192.0.2.7',
        referred: true,
        referrer: 'https://evil.test/',
      }),
    );
    expect(steps.map(({ reason }) => reason)).toEqual([
      undefined,
      'key_revoked',
      'key_expired',
      'api_mismatch',
      'environment_mismatch',
      'api_blocked',
      'application_missing',
      undefined,
      'address_forbidden',
      'referrer_forbidden',
    ]);
    expect(steps.slice(-2).map(({ saw }) => saw)).toEqual([
      { permittedIP: ['2001:db8::/32'], address: '192.0.2.7' },
      { permittedReferer: ['*.example.com/*'], referrer: 'https://evil.test/' },
    ]);
  });

  it('of a key that is not stored reaches no other check', () => {
    const [call, , api] = factsOf({ ...firstSample(), isKnown: false });
    const { steps } = traceAccess(call, undefined, api);
    expect(new Set(steps.slice(1).map(({ outcome }) => outcome))).toEqual(new Set(['not reached']));
  });
});

describe('limits, in a trace,', () => {
  const limit = {
    level: 'burst',
    policy: 'Gold',
    limit: 10,
    windowSeconds: 1,
    remaining: 0,
    nextAccessEpochSeconds: NOW + 1,
  } as const;
  const trace = traceAccess(...factsOf({ ...firstSample(), isKnown: false }));

  it('come last, and decide when they refuse what all else lets through', () => {
    const { decision, steps } = traceLimits(trace, { allowed: false, reason: 'burst_limit', limit });
    expect(decision).toMatchObject({ allowed: false, reason: 'burst_limit' });
    expect(steps.at(-1)).toEqual({
      check: 'limits',
      outcome: 'refused',
      reason: 'burst_limit',
      decides: true,
      saw: { limits: ['burst (Gold): 0 of 10 in 1 s left, next window at 2027-01-15T08:00:01.000Z'] },
    });
  });

  it('that were not asked are not reached, and leave the decision as it is', () => {
    const { decision, steps } = traceLimits(trace, undefined);
    expect(decision).toBe(trace.decision);
    expect(steps.at(-1)).toMatchObject({ check: 'limits', outcome: 'not reached', decides: false });
  });
});

function firstSample(): Situation {
  const [first] = fc.sample(situation, { numRuns: 1, seed: 1 });
  if (first === undefined) throw new Error('no sample');
  return first;
}

describe('in a trace, a rule', () => {
  it('of addresses is shown as it is stored', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, fc.nat(128), fc.boolean(), (text, bits, isRange) => {
        const [rule] = readIpRestriction(isRange ? `${text}/${bits}` : text).rules;
        fc.pre(rule !== undefined);
        expect(formatIpRule(compileIpRule(rule))).toBe(rule);
      }),
    );
  });

  it('of referrers is shown as it is stored', () => {
    const part = (...texts: readonly string[]) => fc.constantFrom('', ...texts);
    const written = fc
      .tuple(
        part('http://', 'https://'),
        part('*.'),
        fc.domain(),
        part(':8080', ':443', ':80'),
        part('/', '/*', '/page', '/a/b*'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(written, (text) => {
        const [rule] = readReferrerRestriction(text).rules;
        fc.pre(rule !== undefined);
        expect(formatReferrerRule(compileReferrerRule(rule))).toBe(rule);
      }),
    );
  });
});
