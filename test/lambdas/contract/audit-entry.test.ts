import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedFields, readLatest, recordedChange } from '../../../lambdas/contract/audit-entry.ts';
import {
  ApiSnapshot,
  ApplicationSnapshot,
  KeyEnd,
  KeySnapshot,
  LifecycleSnapshot,
  PolicySnapshot,
  SubscriptionSnapshot,
} from '../../../lambdas/contract/audit-snapshots.ts';
import { LIFECYCLE_STATUSES } from '../../../lambdas/core/apis/managed-api.ts';
import {
  BURST_TIME_UNITS,
  POLICY_LEVELS,
  TIME_UNITS,
} from '../../../lambdas/core/limits/throttling-policy.ts';
import { AuditItem } from '../../../lambdas/platform/dynamodb/items.ts';
import { plainItem } from '../../../lambdas/platform/dynamodb/plain-item.ts';
import { imageOf } from '../changes/stream-records.ts';
import { epochSeconds, keyType, oddText } from './arbitraries.ts';

const texts = fc.array(oddText, { maxLength: 4 });

/** Whatever reads an item drops this name. */
const named = oddText.filter((name) => name !== '__proto__');

const key: fc.Arbitrary<KeySnapshot> = fc.record(
  {
    ...{ keyUUID: oddText, keyName: oddText, keyType, status: oddText, owner: oddText, ownerName: oddText },
    ...{ apiId: oddText, apiName: oddText, boundApplicationId: oddText, applicationId: oddText },
    ...{ expiresAt: epochSeconds, graceEndsAt: epochSeconds },
    ...{ suspendedBy: oddText, suspensionReason: oddText, description: oddText },
    metadata: fc.dictionary(named, oddText, { noNullPrototype: true, maxKeys: 3 }),
    ...{ permittedIp: texts, permittedReferrer: texts, validityPeriod: fc.integer() },
  },
  { requiredKeys: ['keyUUID', 'keyName', 'keyType', 'status', 'owner', 'ownerName'] },
);
const keyEnd: fc.Arbitrary<KeyEnd> = fc.record(
  { status: fc.constant('REVOKED' as const), reason: oddText },
  { requiredKeys: ['status'] },
);
const subscription: fc.Arbitrary<SubscriptionSnapshot> = fc.record({
  ...{ applicationId: oddText, apiId: oddText, subscriptionId: oddText, status: oddText, policy: oddText },
});
const application: fc.Arbitrary<ApplicationSnapshot> = fc.record(
  { name: oddText, throttlingPolicy: oddText, owner: oddText, ownerName: oddText, apis: texts, keys: texts },
  { requiredKeys: ['name', 'throttlingPolicy'] },
);
const api: fc.Arbitrary<ApiSnapshot> = fc.record({ gatewayApiId: oddText, freshness: oddText });
const lifecycle: fc.Arbitrary<LifecycleSnapshot> = fc.record({
  ...{ name: oddText, lifecycle: fc.constantFrom(...LIFECYCLE_STATUSES) },
});
const policy: fc.Arbitrary<PolicySnapshot> = fc.record(
  {
    ...{ level: fc.constantFrom(...POLICY_LEVELS), name: oddText, stopOnQuotaReach: fc.boolean() },
    limit: fc.record({
      ...{ requestCount: fc.nat(), unitTime: fc.nat(), timeUnit: fc.constantFrom(...TIME_UNITS) },
    }),
    burst: fc.record({ requestCount: fc.nat(), timeUnit: fc.constantFrom(...BURST_TIME_UNITS) }),
  },
  { requiredKeys: ['level', 'name', 'stopOnQuotaReach'] },
);

type State = Readonly<Record<string, unknown>>;

/** An entry with these states as a reader of the table's stream gets it. */
function delivered(action: string, states: { readonly before?: State; readonly after?: State }) {
  const entry = {
    ...{ auditId: 'a', at: '2026-01-01T12:00:00.000Z', actor: 's', actorName: 'n', sourceIp: '192.0.2.7' },
    ...{ requestId: 'r', resourceId: 'x', owner: 'o', action, ...recordedChange(action, states) },
  };
  return AuditItem.parse(plainItem(imageOf(entry)));
}

/** The fields of a key that its entries do not repeat with every change. */
const LARGE = ['description', 'metadata', 'permittedIp', 'permittedReferrer', 'validityPeriod'] as const;

describe('an entry of the audit trail', () => {
  it('tells a reader all of what was created', () => {
    const states = fc.oneof(
      key.map((after) => ({ action: 'key.generate', snapshot: KeySnapshot, after })),
      subscription.map((after) => ({ action: 'subscription.create', snapshot: SubscriptionSnapshot, after })),
      application.map((after) => ({ action: 'application.create', snapshot: ApplicationSnapshot, after })),
      api.map((after) => ({ action: 'api.register', snapshot: ApiSnapshot, after })),
      policy.map((after) => ({ action: 'policy.create', snapshot: PolicySnapshot, after })),
    );
    fc.assert(
      fc.property(states, ({ action, snapshot, after }) => {
        expect(readLatest<unknown>(snapshot, delivered(action, { after }))).toEqual(after);
      }),
    );
  });

  it('tells a reader what a changed key is by now, and which fields have changed', () => {
    fc.assert(
      fc.property(key, key, (before, after) => {
        const entry = delivered('key.update', { before, after });
        const changed = LARGE.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
        expect(changedFields(LARGE, entry)).toEqual(changed);
        const unchanged = LARGE.filter((name) => !changed.includes(name));
        const known = Object.entries(after).filter(([name]) => !unchanged.some((same) => same === name));
        expect(readLatest(KeySnapshot, entry)).toEqual(Object.fromEntries(known));
      }),
    );
  });

  it('tells a reader what a key was that has ended, and why it has', () => {
    fc.assert(
      fc.property(key, keyEnd, (before, after) => {
        const entry = delivered('key.revoke', { before, after });
        const small = Object.entries(before).filter(([name]) => !LARGE.some((large) => large === name));
        expect(readLatest(KeySnapshot, entry)).toEqual({ ...Object.fromEntries(small), status: 'REVOKED' });
        expect(readLatest(KeyEnd, entry)).toEqual(after);
      }),
    );
  });

  it('tells a reader what a changed application or policy is by now', () => {
    fc.assert(
      fc.property(application, application, policy, policy, (one, other, limited, loosened) => {
        const moved = delivered('application.change-owner', { before: one, after: other });
        expect(readLatest(ApplicationSnapshot, moved)).toEqual(other);
        expect(ApplicationSnapshot.parse(moved.before)).toEqual(one);
        const update = delivered('policy.update', { before: limited, after: loosened });
        expect(readLatest(PolicySnapshot, update)).toEqual(loosened);
        expect(PolicySnapshot.parse(update.before)).toEqual(limited);
      }),
    );
  });

  it('tells a reader what a subscription or a lifecycle was, and what it is by now', () => {
    fc.assert(
      fc.property(subscription, subscription, lifecycle, lifecycle, (was, is, from, to) => {
        const blocked = delivered('subscription.block', { before: was, after: is });
        expect(readLatest(SubscriptionSnapshot, blocked)).toEqual(is);
        expect(SubscriptionSnapshot.parse(blocked.before)).toEqual(was);
        const changed = delivered('api.lifecycle', { before: from, after: to });
        expect(readLatest(LifecycleSnapshot, changed)).toEqual(to);
        expect(LifecycleSnapshot.parse(changed.before)).toEqual(from);
        expect(readLatest(SubscriptionSnapshot, delivered('subscription.delete', { before: was }))).toEqual(
          was,
        );
      }),
    );
  });

  it('has the fields that entries of deployed tables have', () => {
    const before = {
      keyUUID: 'k',
      keyName: 'n',
      keyType: 'SANDBOX',
      description: 'd',
      metadata: {},
      apiId: 'a',
    };
    expect(recordedChange('key.update', { before, after: { ...before, metadata: { team: 'x' } } })).toEqual({
      before: { keyUUID: 'k', keyName: 'n', keyType: 'SANDBOX', metadata: {}, apiId: 'a' },
      after: { keyUUID: 'k', keyName: 'n', keyType: 'SANDBOX', metadata: { team: 'x' }, apiId: 'a' },
    });
    expect(recordedChange('key.revoke', { before, after: { status: 'REVOKED', reason: 'Leaked' } })).toEqual({
      before: { keyUUID: 'k', keyName: 'n', keyType: 'SANDBOX', apiId: 'a' },
      after: { status: 'REVOKED', reason: 'Leaked' },
    });
    expect(recordedChange('decision.lift', { before: { status: 'BLOCKED' } })).toEqual({
      before: { status: 'BLOCKED' },
    });
  });

  it('is refused, and never half read, when it lacks what its reader needs', () => {
    const state = fc.dictionary(fc.constantFrom('keyUUID', 'status', 'toString', '__proto__'), fc.anything());
    const Named = KeySnapshot.pick({ keyUUID: true, keyType: true });
    fc.assert(
      fc.property(fc.constantFrom('key.update', 'toString', ''), state, state, (action, before, after) => {
        expect(() => readLatest(Named, { action, before, after })).toThrow();
      }),
    );
  });
});
