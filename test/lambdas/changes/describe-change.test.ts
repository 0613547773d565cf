import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeChange } from '../../../lambdas/functions/changes/describe-change.ts';
import { plainItem } from '../../../lambdas/platform/dynamodb/plain-item.ts';
import type { AuditItem } from '../../../lambdas/platform/dynamodb/items.ts';
import { auditEntry, imageOf, KEY } from './stream-records.ts';

function eventOf(entry: AuditItem) {
  const description = describeChange(entry);
  if (description.type !== 'event') throw new Error(description.type);
  return description.event;
}

const who = { owner: 'sub-alice', actor: 'sub-bob', actorName: 'bob', requestId: 'request-1' };
const key = {
  keyUUID: 'key-1',
  keyName: 'Checkout',
  keyType: 'PRODUCTION',
  status: 'ACTIVE',
  ownerName: 'alice',
  apiId: 'api-1',
  apiName: 'PizzaShackAPI',
  expiresOn: '2026-01-01T13:00:00.000Z',
};

describe('the event of an audit entry', () => {
  it('says what happened to which key, whose, when and by whom, and nothing else', () => {
    const entry = auditEntry('key.generate', { after: { ...KEY, digest: 'd', newField: 1 } });
    expect(eventOf(entry)).toEqual({
      source: 'keybound',
      'detail-type': 'API Key Generated',
      detail: { eventId: entry.auditId, at: entry.at, ...who, ...key },
    });
  });

  it('takes a key that ends as it was before, with its end and reason', () => {
    const before = { ...KEY, applicationId: 'app-1' };
    const after = { status: 'REVOKED', reason: 'Leaked' };
    expect(eventOf(auditEntry('key.revoke', { before, after })).detail).toMatchObject({
      ...key,
      applicationId: 'app-1',
      status: 'REVOKED',
      reason: 'Leaked',
    });
    const dissociated = eventOf(auditEntry('key.dissociate', { before }));
    expect(dissociated.detail).toMatchObject({ ...key, applicationId: 'app-1' });
  });

  it('takes a key that goes on as it is after, and names what of it has changed', () => {
    const { expiresAt, ...after } = KEY;
    const change = { validityPeriod: -1, permittedIp: [], metadata: { team: 'tills' } };
    const { detail } = eventOf(auditEntry('key.update', { before: KEY, after: { ...after, ...change } }));
    expect(detail).not.toHaveProperty('expiresOn');
    expect(detail).toHaveProperty('changed', ['permittedIp', 'validityPeriod', 'expiresAt']);
  });

  it('says until when two values of a key work', () => {
    const after = { ...KEY, graceEndsAt: KEY.expiresAt - 60 };
    expect(eventOf(auditEntry('key.regenerate', { before: KEY, after })).detail).toMatchObject({
      graceEndsOn: '2026-01-01T12:59:00.000Z',
    });
  });

  it('has no API for a key of an application', () => {
    const { apiId, apiName, ...rest } = KEY;
    const after = { ...rest, boundApplicationId: 'app-1', applicationId: 'app-1' };
    const { detail } = eventOf(auditEntry('key.generate', { after }));
    expect(detail).not.toHaveProperty('apiId');
    expect(detail).toHaveProperty('applicationId', 'app-1');
  });

  it('says what a subscription was before', () => {
    const was = { subscriptionId: 'sub-1', status: 'UNBLOCKED', policy: 'Gold', createdAt: 1 };
    const block = { resourceId: 'sub-1', before: was, after: { ...was, status: 'BLOCKED' } };
    expect(eventOf(auditEntry('subscription.block', block))).toMatchObject({
      'detail-type': 'Subscription Blocked',
      detail: {
        ...who,
        subscriptionId: 'sub-1',
        status: 'BLOCKED',
        previousStatus: 'UNBLOCKED',
        throttlingPolicy: 'Gold',
      },
    });
    const plan = { resourceId: 'sub-1', before: was, after: { ...was, policy: 'Bronze' } };
    const { detail } = eventOf(auditEntry('subscription.update', plan));
    expect(detail).toMatchObject({ throttlingPolicy: 'Bronze', previousThrottlingPolicy: 'Gold' });
    expect(detail).not.toHaveProperty('previousStatus');
  });

  it('says which API a subscription is to, where the entry does', () => {
    const place = { applicationId: 'app-1', apiId: 'api-1', policy: 'Gold', status: 'UNBLOCKED' };
    for (const entry of [
      auditEntry('subscription.create', { after: place }),
      auditEntry('subscription.delete', { before: place }),
      auditEntry('subscription.unblock', { before: { ...place, status: 'BLOCKED' }, after: place }),
    ]) {
      expect(eventOf(entry).detail).toMatchObject({ applicationId: 'app-1', apiId: 'api-1' });
    }
  });

  it('says what a deleted application took with it', () => {
    const before = { name: 'Shop', throttlingPolicy: 'Unlimited', description: '', apis: ['a'], keys: ['k'] };
    expect(eventOf(auditEntry('application.delete', { resourceId: 'app-1', before })).detail).toMatchObject({
      applicationId: 'app-1',
      applicationName: 'Shop',
      apiIds: ['a'],
      keyUUIDs: ['k'],
    });
  });

  it('is none for what changes nobody’s keys, and unknown for what is not in the table', () => {
    expect(describeChange(auditEntry('policy.update'))).toEqual({ type: 'none' });
    expect(describeChange(auditEntry('key.teleport'))).toEqual({ type: 'unknown' });
    expect(describeChange(auditEntry('toString'))).toEqual({ type: 'unknown' });
  });

  it('is an error for an entry that does not say enough', () => {
    expect(() => describeChange(auditEntry('key.revoke', { after: { status: 'REVOKED' } }))).toThrow();
  });
});

describe('an item of a stream record', () => {
  it('is read as it was written', () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const item = fc.dictionary(
      fc.string(),
      fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf)),
      {
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(item, (written) => {
        expect(plainItem(imageOf(written))).toEqual(written);
      }),
    );
  });
});
