import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import type { LifecycleStatus } from '../../../lambdas/core/apis/managed-api.ts';
import type { RefusalReason } from '../../../lambdas/core/refusals/refusal.ts';
import { apiItemKey, type ItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { testAuthorizer, type ProtectedCall, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser, type Issued, type PortalUser } from '../../support/portal-user.ts';
import { setSubscriptionStatus } from '../../support/stored-state.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let authorizer: TestAuthorizer;
let applicationId: string;
let subscriptionId: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  authorizer = testAuthorizer(harness);
  applicationId = await alice.application();
  subscriptionId = await alice.subscribe(applicationId, harness.apis.pizza);
});

afterAll(() => harness.close());

/** A key that opens PizzaShack. */
async function working(body: object = {}): Promise<Issued> {
  const key = await alice.generate(harness.apis.pizza, body);
  await alice.associate(harness.apis.pizza, key.keyUUID, applicationId);
  return key;
}

/** What publishers' operations write of an API. */
async function set(key: ItemKey, name: string, value: string): Promise<void> {
  await harness.table.store.client.send(
    new UpdateCommand({
      TableName: harness.table.store.tableName,
      Key: key,
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );
}

const pages = { additionalProperties: { permittedReferer: 'www.example.com/*' } };
const addresses = { additionalProperties: { permittedIP: '192.0.2.0/24, 2001:db8::/32' } };

interface Situation {
  readonly reason: RefusalReason;
  readonly outcome: 'unauthorized' | 'forbidden';
  readonly code: string;
  readonly value: () => Promise<string>;
  readonly call?: ProtectedCall;
  /** Runs after the call. */
  readonly restore?: () => Promise<void>;
}

function lifecycle(state: LifecycleStatus, reason: RefusalReason, code: string): Situation {
  return {
    reason,
    outcome: 'forbidden',
    code,
    value: async () => {
      const { apikey } = await working();
      await set(apiItemKey(harness.apis.pizza), 'lifecycle', state);
      return apikey;
    },
    restore: () => set(apiItemKey(harness.apis.pizza), 'lifecycle', 'PUBLISHED'),
  };
}

function subscribed(status: string, reason: RefusalReason): Situation {
  return {
    reason,
    outcome: 'forbidden',
    code: '900908',
    value: async () => {
      const { apikey } = await working();
      await setSubscriptionStatus(harness.table.store, apikey, harness.apis.pizza, status);
      return apikey;
    },
  };
}

const apikeyOf = async (issued: Promise<Issued>): Promise<string> => (await issued).apikey;
const SITUATIONS: readonly Situation[] = [
  {
    reason: 'key_unknown',
    outcome: 'unauthorized',
    code: '900901',
    value: () => Promise.resolve(createKeyValue('kb', 'PRODUCTION')),
  },
  {
    reason: 'key_revoked',
    outcome: 'unauthorized',
    code: '900901',
    value: async () => {
      const key = await working();
      await alice.onKey(harness.apis.pizza, 'revoke', { keyUUID: key.keyUUID });
      return key.apikey;
    },
  },
  {
    reason: 'key_regenerated',
    outcome: 'unauthorized',
    code: '900901',
    value: async () => {
      const key = await working();
      await alice.regenerate(harness.apis.pizza, key.keyUUID);
      return key.apikey;
    },
  },
  {
    reason: 'key_expired',
    outcome: 'unauthorized',
    code: '900901',
    value: async () => {
      const key = await working({ validityPeriod: 60 });
      harness.time.now += 60_000;
      return key.apikey;
    },
  },
  {
    reason: 'api_mismatch',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(alice.generate(harness.apis.petstore)),
  },
  {
    reason: 'environment_mismatch',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(working({ keyType: 'SANDBOX' })),
  },
  {
    reason: 'environment_mismatch',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(working()),
    call: { environment: 'SANDBOX' },
  },
  {
    reason: 'api_unknown',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(working()),
    call: { gatewayApiId: 'gw-of-another-team' },
  },
  lifecycle('CREATED', 'api_unpublished', '900908'),
  lifecycle('BLOCKED', 'api_blocked', '700700'),
  lifecycle('RETIRED', 'api_retired', '404'),
  {
    reason: 'application_missing',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(alice.generate(harness.apis.pizza)),
  },
  {
    reason: 'subscription_missing',
    outcome: 'forbidden',
    code: '900908',
    value: async () => {
      const key = await alice.generate(harness.apis.pizza);
      await alice.associate(harness.apis.pizza, key.keyUUID, await alice.application());
      return key.apikey;
    },
  },
  subscribed('BLOCKED', 'subscription_blocked'),
  subscribed('PROD_ONLY_BLOCKED', 'subscription_production_blocked'),
  subscribed('ON_HOLD', 'subscription_on_hold'),
  subscribed('REJECTED', 'subscription_rejected'),
  {
    reason: 'address_forbidden',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(working(addresses)),
  },
  {
    reason: 'address_unknown',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(working(addresses)),
    call: { sourceIp: '' },
  },
  {
    reason: 'referrer_missing',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(working(pages)),
  },
  {
    reason: 'referrer_forbidden',
    outcome: 'forbidden',
    code: '900908',
    value: () => apikeyOf(working(pages)),
    call: { headers: { referer: 'https://evil.test/?www.example.com/' } },
  },
];

describe('a call that the stored state refuses', () => {
  it.each(SITUATIONS)(
    'is $outcome as $reason, with one line of log and no key value in it',
    async ({ reason, outcome, code, value, call = {}, restore }) => {
      const presented = await value();
      const before = authorizer.logged.length;
      const answer = await authorizer.present(presented, call);
      await restore?.();
      expect(answer).toMatchObject(
        outcome === 'unauthorized' ? { kind: outcome } : { kind: outcome, context: { reason, code } },
      );
      const lines = authorizer.logged.slice(before);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ type: 'refusal', reason, code, requestId: 'request-1' });
      expect(lines[0]?.['keyUUID'] === undefined).toBe(reason === 'key_unknown');
      expect(JSON.stringify([lines, answer])).not.toContain(presented.slice(8, 51));
    },
  );

  it('is refused as unregistered when the table has no such API', async () => {
    const lost = testAuthorizer(harness, { readApiState: () => Promise.resolve(undefined) });
    expect(await lost.reasonOf((await working()).apikey)).toBe('api_unknown');
  });
});

/** How much an instance knows to be left is a matter of its lease. */
const leftOfGold: unknown = expect.stringMatching(/^"subscription";r=4\d\d\d;t=\d+$/);

describe('an allowed call', () => {
  it('carries the key, the application, the subscription and its plan, and logs nothing', async () => {
    const key = await working({ keyName: 'My key' });
    const before = authorizer.logged.length;
    expect(await authorizer.present(key.apikey)).toEqual({
      kind: 'allowed',
      context: {
        keyUUID: key.keyUUID,
        keyName: 'My key',
        keyType: 'PRODUCTION',
        owner: 'sub-alice',
        applicationId,
        subscriptionId,
        subscriptionPolicy: 'Gold',
        ownerInLog: 'sub-alice',
        policyInLog: 'Gold',
        valueIssuedOn: String(harness.time.now),
        limits: 'counted',
        decision: 'allow',
        rateLimitPolicy: '"subscription";q=5000;w=60',
        rateLimit: leftOfGold,
      },
    });
    expect(authorizer.logged).toHaveLength(before);
  });

  it('has every field of the grant even for a key without application and subscription', async () => {
    const key = await alice.generate(harness.apis.petstore, { keyName: 'Alone' });
    expect(await authorizer.present(key.apikey, { api: 'petstore' })).toEqual({
      kind: 'allowed',
      context: {
        keyUUID: key.keyUUID,
        keyName: 'Alone',
        keyType: 'PRODUCTION',
        owner: 'sub-alice',
        applicationId: 'none',
        subscriptionId: 'none',
        subscriptionPolicy: 'none',
        ownerInLog: 'sub-alice',
        policyInLog: 'none',
        valueIssuedOn: String(harness.time.now),
        limits: 'none',
        decision: 'allow',
      },
    });
  });

  it('needs both restrictions to pass: a matching address does not excuse a wrong referrer', async () => {
    const { apikey } = await working({
      additionalProperties: { permittedIP: '198.51.100.7', permittedReferer: 'www.example.com/*' },
    });
    const from = (referer: string) => ({ headers: { referer } });
    expect((await authorizer.present(apikey, from('https://www.example.com/page'))).kind).toBe('allowed');
    expect((await authorizer.present(apikey, from('https://evil.test/'))).kind).toBe('forbidden');
    const elsewhere = { ...from('https://www.example.com/page'), sourceIp: '198.51.100.8' };
    expect((await authorizer.present(apikey, elsewhere)).kind).toBe('forbidden');
  });

  it('is not allowed for the address that a client claims in X-Forwarded-For', async () => {
    const { apikey } = await working(addresses);
    const spoofed = { headers: { 'x-forwarded-for': '192.0.2.7', 'x-real-ip': '192.0.2.7' } };
    expect((await authorizer.present(apikey, spoofed)).kind).toBe('forbidden');
    expect((await authorizer.present(apikey, { sourceIp: '192.0.2.7' })).kind).toBe('allowed');
  });

  it('goes on with a SANDBOX key when the subscription is blocked for production only', async () => {
    const { apikey } = await working({ keyType: 'SANDBOX' });
    await setSubscriptionStatus(harness.table.store, apikey, harness.apis.pizza, 'PROD_ONLY_BLOCKED');
    expect((await authorizer.present(apikey, { environment: 'SANDBOX' })).kind).toBe('allowed');
  });
});
