import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { credentialItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, type PortalUser } from '../../support/portal-user.ts';
import { subscriptionsIn } from '../../support/stored-state.ts';
import { readTable, type StoredItem } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let authorizer: TestAuthorizer;
let pizza: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  authorizer = testAuthorizer(harness);
  ({ pizza } = harness.apis);
});

afterAll(() => harness.close());

const DAY = 24 * 60 * 60;
const RETENTION = 30 * DAY;
const wait = (seconds: number) => {
  harness.time.now += seconds * 1_000;
};
const now = () => Math.floor(harness.time.now / 1_000);

async function credentialOf(value: string): Promise<StoredItem> {
  const { pk } = credentialItemKey(digestKeyValue(value));
  const found = (await readTable(harness.table.store)).find((item) => item.pk === pk);
  if (found === undefined) throw new Error('there is no such credential');
  return found;
}

/** The items that name a key, credentials aside. */
async function itemsOf(keyUUID: string): Promise<readonly StoredItem[]> {
  const items = await readTable(harness.table.store);
  return items.filter(
    ({ pk, sk }) => (pk.startsWith('OWNER#') && sk.endsWith(keyUUID)) || pk === `KEY#${keyUUID}`,
  );
}

async function subscriber(): Promise<string> {
  const applicationId = await alice.application();
  await alice.subscribe(applicationId, pizza);
  return applicationId;
}

describe('a key that expires', () => {
  it('works until the very second, is then listed still, and works again once regenerated', async () => {
    const applicationId = await subscriber();
    const key = await alice.generate(pizza, { validityPeriod: 3_600 });
    await alice.associate(pizza, key.keyUUID, applicationId);
    wait(3_599);
    expect((await authorizer.present(key.apikey)).kind).toBe('allowed');
    wait(1);
    expect(await authorizer.reasonOf(key.apikey)).toBe('key_expired');
    expect((await alice.get(`/apis/${pizza}/api-keys`)).text).toContain(key.keyUUID);
    wait(RETENTION - 1);
    const { apikey } = await alice.regenerate(pizza, key.keyUUID);
    expect((await authorizer.present(apikey)).kind).toBe('allowed');
    expect(await authorizer.reasonOf(key.apikey)).toBe('key_regenerated');
  });

  it('is gone for the portal and for administrators thirty days later', async () => {
    const { keyUUID } = await alice.generate(pizza, { validityPeriod: 60 });
    wait(60 + RETENTION);
    expect((await alice.get(`/apis/${pizza}/api-keys`)).text).not.toContain(keyUUID);
    for (const operation of ['regenerate', 'revoke', 'dissociate']) {
      expect((await alice.onKey(pizza, operation, { keyUUID })).status).toBe(404);
    }
    const admin = harness.as('root', 'administrator');
    expect((await admin({ path: `${ADMIN}/api-keys`, query: { limit: '1000' } })).text).not.toContain(
      keyUUID,
    );
    const revoke = { method: 'POST', path: `${ADMIN}/api-keys/revoke`, body: { keyUUID } };
    expect((await admin(revoke)).status).toBe(404);
  });

  it('is left out when its subscription changes, and catches up when it is regenerated', async () => {
    const applicationId = await alice.application();
    const subscriptionId = await alice.subscribe(applicationId, pizza, 'Gold');
    const [expiring, eternal] = [
      await alice.generate(pizza, { validityPeriod: 60 }),
      await alice.generate(pizza),
    ];
    for (const { keyUUID } of [expiring, eternal]) await alice.associate(pizza, keyUUID, applicationId);
    wait(60);
    const path = `${PORTAL}/subscriptions/${subscriptionId}`;
    const body = { applicationId, apiId: pizza, throttlingPolicy: 'Bronze' };
    expect((await alice.send({ method: 'PUT', path, body })).status).toBe(200);
    const plan = async (value: string) => subscriptionsIn(await credentialOf(value))[pizza];
    expect(await plan(expiring.apikey)).toMatchObject({ policy: 'Gold' });
    expect(await plan(eternal.apikey)).toMatchObject({ policy: 'Bronze' });
    const { apikey } = await alice.regenerate(pizza, expiring.keyUUID);
    expect(await plan(apikey)).toMatchObject({ policy: 'Bronze' });
    expect((await authorizer.present(apikey)).kind).toBe('allowed');
  });
});

describe('the time to live', () => {
  it('of a key that never expires is not set on any of its items', async () => {
    const { keyUUID, apikey } = await alice.generate(pizza);
    expect((await credentialOf(apikey))['ttl']).toBeUndefined();
    expect((await itemsOf(keyUUID)).map((item) => item['ttl'])).toEqual([undefined, undefined]);
  });

  it('of a key that expires ends thirty days after it, on all of its items, and moves when it is regenerated', async () => {
    const { keyUUID, apikey } = await alice.generate(pizza, { validityPeriod: DAY });
    const ends = now() + DAY + RETENTION;
    expect((await credentialOf(apikey))['ttl']).toBe(ends);
    expect((await itemsOf(keyUUID)).map((item) => item['ttl'])).toEqual([ends, ends]);
    wait(100);
    const next = await alice.regenerate(pizza, keyUUID);
    expect((await credentialOf(apikey))['ttl']).toBe(now() + RETENTION);
    expect((await credentialOf(next.apikey))['ttl']).toBe(ends + 100);
    expect((await itemsOf(keyUUID)).map((item) => item['ttl'])).toEqual([ends + 100, ends + 100]);
  });

  it('of a revoked key ends thirty days after its revocation, on all of its items', async () => {
    const { keyUUID, apikey } = await alice.generate(pizza);
    wait(DAY);
    await alice.onKey(pizza, 'revoke', { keyUUID });
    expect((await credentialOf(apikey))['ttl']).toBe(now() + RETENTION);
    expect((await itemsOf(keyUUID)).map((item) => item['ttl'])).toEqual([
      now() + RETENTION,
      now() + RETENTION,
    ]);
  });
});

describe('fifty keys of an API', () => {
  it('can be associated with one application and not one more; a change of plan reaches them all', async () => {
    const applicationId = await alice.application();
    const subscriptionId = await alice.subscribe(applicationId, pizza, 'Gold');
    const keys = await Promise.all(Array.from({ length: 51 }, () => alice.generate(pizza)));
    const last = keys.pop();
    for (const { keyUUID } of keys) await alice.associate(pizza, keyUUID, applicationId);
    const before = await readTable(harness.table.store);
    const oneMore = { keyUUID: last?.keyUUID ?? '', applicationUUID: applicationId };
    const refused = await alice.onKey(pizza, 'associate', oneMore);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('At most 50 keys');
    expect(await readTable(harness.table.store)).toEqual(before);

    const path = `${PORTAL}/subscriptions/${subscriptionId}`;
    const body = { applicationId, apiId: pizza, throttlingPolicy: 'Bronze' };
    expect((await alice.send({ method: 'PUT', path, body })).status).toBe(200);
    const Granted = z.object({
      kind: z.literal('allowed'),
      context: z.looseObject({ subscriptionPolicy: z.string() }),
    });
    const plans = await Promise.all(
      keys.map(
        async ({ apikey }) => Granted.parse(await authorizer.present(apikey)).context.subscriptionPolicy,
      ),
    );
    expect(new Set(plans)).toEqual(new Set(['Bronze']));

    await alice.onKey(pizza, 'revoke', { keyUUID: keys[0]?.keyUUID });
    expect((await alice.onKey(pizza, 'associate', oneMore)).status).toBe(200);
    expect((await alice.send({ method: 'DELETE', path })).status).toBe(200);
    const outcomes = await Promise.all(
      [...keys, ...(last ? [last] : [])].map(({ apikey }) => authorizer.present(apikey)),
    );
    expect(outcomes.filter(({ kind }) => kind === 'allowed')).toEqual([]);
  });

  it('that are long gone take no place from new ones', async () => {
    const applicationId = await alice.application();
    const keys = await Promise.all(
      Array.from({ length: 50 }, () => alice.generate(pizza, { validityPeriod: 60 })),
    );
    for (const { keyUUID } of keys) await alice.associate(pizza, keyUUID, applicationId);
    wait(60 + RETENTION);
    const { keyUUID } = await alice.generate(pizza);
    const answer = await alice.onKey(pizza, 'associate', { keyUUID, applicationUUID: applicationId });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('applicationName')]);
  });
});
