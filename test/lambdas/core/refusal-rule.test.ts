import { describe, expect, it } from 'vitest';
import { REFUSAL_ADVICE } from '../../../lambdas/core/refusals/refusal-advice.ts';
import { describeRule, type RuleFacts } from '../../../lambdas/core/refusals/refusal-rule.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../../../lambdas/core/refusals/refusal.ts';

const key = {
  keyType: 'PRODUCTION',
  status: 'ACTIVE',
  apiName: 'PizzaShackAPI',
  permittedIp: ['192.0.2.0/24', '2001:db8::/32'],
  permittedReferrer: ['*.example.com/*'],
  applicationId: 'application',
} as const;

const WORDS: readonly (readonly [RefusalReason, RuleFacts, string])[] = [
  ['address_forbidden', { key }, 'The key permits 192.0.2.0/24, 2001:db8::/32.'],
  ['address_forbidden', { key: { ...key, permittedIp: [] } }, 'The key permits every address.'],
  ['referrer_forbidden', { key }, 'The key permits *.example.com/*.'],
  ['referrer_missing', { key: { ...key, permittedReferrer: [] } }, 'The key permits every page.'],
  ['environment_mismatch', { key }, 'The key is a PRODUCTION key.'],
  ['api_mismatch', { key }, 'The key is for the API PizzaShackAPI alone.'],
  ['key_suspended', { key: { ...key, status: 'SUSPENDED' } }, 'The key is SUSPENDED.'],
  ['key_expired', { key }, 'The key never expires.'],
  [
    'key_expired',
    { key: { ...key, expiresAt: 1_800_000_000 } },
    'The newest value of the key expires at 2027-01-15T08:00:00.000Z.',
  ],
  ['api_blocked', { key, lifecycle: 'BLOCKED' }, 'The lifecycle of the API is BLOCKED.'],
  ['api_unknown', { key }, 'The API is not registered.'],
  [
    'subscription_on_hold',
    { key, subscription: { status: 'ON_HOLD', policy: 'Gold' } },
    'The subscription, with the plan Gold, is ON_HOLD.',
  ],
  ['subscription_missing', { key }, 'The application of the key has no subscription to the API.'],
  [
    'subscription_limit',
    { key, limit: { policy: 'Gold', nextAccessEpochSeconds: 1_800_000_060 } },
    'The limit is that of the policy Gold; its next window begins at 2027-01-15T08:01:00.000Z.',
  ],
  ['burst_limit', { key, limit: { policy: 'Gold' } }, 'The limit is that of the policy Gold.'],
  ['mode_unenforceable', { key }, 'The key permits *.example.com/*.'],
  [
    'mode_unenforceable',
    {
      key: { ...key, permittedReferrer: [] },
      subscription: { status: 'UNBLOCKED', policy: 'Gold' },
    },
    'The subscription has the plan Gold.',
  ],
];

describe('the rule behind a refusal', () => {
  it.each(WORDS)('of %s is told from what is there now', (reason, facts, words) => {
    expect(describeRule(reason, facts)).toBe(words);
  });

  it('of a key without application says so', () => {
    const { applicationId, ...alone } = key;
    expect(describeRule('application_missing', { key: alone })).toBe(
      'The key is associated with no application.',
    );
    expect(applicationId).toBe('application');
  });

  it('is told of no reason without what it is about, but for APIs that are gone', () => {
    const told = REFUSAL_REASONS.filter((reason) => describeRule(reason, {}) !== undefined);
    expect(told).toEqual(['api_unknown', 'api_unpublished', 'api_blocked', 'api_retired']);
  });
});

describe('the advice about a refusal', () => {
  it('has a sentence of its own for each reason', () => {
    for (const reason of REFUSAL_REASONS) expect(REFUSAL_ADVICE[reason]).toMatch(/^[A-Z].{20,}\.$/);
    expect(new Set(Object.values(REFUSAL_ADVICE)).size).toBe(REFUSAL_REASONS.length);
  });
});
