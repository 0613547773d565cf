import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyValue, digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { credentialItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { testAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { subscriptionAttributes } from '../../support/stored-state.ts';

let harness: ManagementHarness;

beforeAll(async () => {
  harness = await openManagementHarness();
});

afterAll(() => harness.close());

const TYPES = ['PRODUCTION', 'SANDBOX'] as const;
const SUBSCRIPTIONS = ['UNBLOCKED', 'BLOCKED', 'PROD_ONLY_BLOCKED', 'ON_HOLD', 'REJECTED'] as const;

/** Mostly what lets the call through, so that the later checks have their turn. */
function usually<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

const situation = fc.record({
  value: usually('stored', 'absent', 'spoilt', 'another'),
  place: fc.constantFrom('header', 'query'),
  status: usually('ACTIVE', 'REVOKED', 'REGENERATED'),
  /** Seconds that are left; `undefined`: never expires. */
  left: usually(undefined, 3_600, 1, 0, -1),
  keyOf: usually<'pizza' | 'petstore'>('pizza', 'petstore'),
  called: usually<'pizza' | 'petstore'>('pizza', 'petstore'),
  keyType: fc.constantFrom(...TYPES),
  environment: fc.constantFrom(...TYPES),
  subscription: usually('UNBLOCKED', ...SUBSCRIPTIONS, undefined),
  hasApplication: usually(true, false),
  /** Does the restriction cover the call? `undefined`: there is none. */
  address: usually(undefined, true, false),
  referrer: usually(undefined, true, false),
});
type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

/** The rules as the documents tell them, in the plainest words. */
function expected(input: Situation): 'allowed' | 'unauthorized' | 'forbidden' {
  if (input.value !== 'stored') return 'unauthorized';
  if (input.status !== 'ACTIVE') return 'unauthorized';
  if (input.left !== undefined && input.left <= 0) return 'unauthorized';
  if (input.keyOf !== input.called) return 'forbidden';
  if (input.keyType !== input.environment) return 'forbidden';
  if (input.called === 'pizza') {
    const subscription = input.hasApplication ? input.subscription : undefined;
    const productionOnly = subscription === 'PROD_ONLY_BLOCKED' && input.keyType === 'SANDBOX';
    if (subscription !== 'UNBLOCKED' && !productionOnly) return 'forbidden';
  }
  return input.address === false || input.referrer === false ? 'forbidden' : 'allowed';
}

async function store(value: string, input: Situation): Promise<void> {
  const now = Math.floor(harness.time.now / 1000);
  const rules = (covers: boolean | undefined, yes: string, no: string) =>
    covers === undefined ? [] : [covers ? yes : no];
  const subscription =
    input.hasApplication && input.subscription !== undefined
      ? { subscriptionId: 'subscription', status: input.subscription, policy: 'Gold' }
      : undefined;
  const item = {
    ...credentialItemKey(digestKeyValue(value)),
    keyUUID: 'key',
    keyName: 'Key',
    keyType: input.keyType,
    status: input.status,
    apiId: harness.apis[input.keyOf],
    owner: 'owner',
    issuedAt: harness.time.now,
    permittedIp: rules(input.address, '198.51.100.0/24', '203.0.113.0/24'),
    permittedReferrer: rules(input.referrer, '*.example.com/*', 'example.com/*'),
    ...(input.left !== undefined && { expiresAt: now + input.left }),
    ...(input.hasApplication && { applicationId: 'application' }),
    ...subscriptionAttributes(harness.apis[input.called], subscription),
  };
  const { client, tableName } = harness.table.store;
  await client.send(new PutCommand({ TableName: tableName, Item: item }));
}

describe('the authorizer', () => {
  it('decides as a plain reading of the rules does, for any stored key and any call', async () => {
    const authorizer = testAuthorizer(harness, {
      // The stored keys name an application that is not there.
      readApplicationPolicy: () => Promise.resolve('Unlimited'),
    });
    const seen = { allowed: 0, unauthorized: 0, forbidden: 0 };
    await fc.assert(
      fc.asyncProperty(situation, async (input) => {
        const value = createKeyValue('kb', input.keyType);
        await store(value, input);
        const sent: Readonly<Record<string, string>> = {
          ...(input.value === 'stored' && { apikey: value }),
          ...(input.value === 'spoilt' && { apikey: `${value.slice(0, -1)}_` }),
          ...(input.value === 'another' && { apikey: createKeyValue('kb', input.keyType) }),
        };
        const { kind } = await authorizer.call({
          api: input.called,
          environment: input.environment,
          headers: { referer: 'https://www.example.com/page', ...(input.place === 'header' && sent) },
          ...(input.place === 'query' && { query: sent }),
        });
        expect(kind).toBe(expected(input));
        seen[expected(input)] += 1;
      }),
      { numRuns: 400 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  });
});
