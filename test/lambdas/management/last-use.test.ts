import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { credentialItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { readTable } from '../../support/table-contents.ts';
import { accessLogLine, deliverLines, ownLogGroup } from '../usage/usage-events.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
let admin: ReturnType<ManagementHarness['as']>;
let users = 0;

beforeAll(async () => {
  harness = await openManagementHarness();
  authorizer = testAuthorizer(harness);
  admin = harness.as('root', 'administrator');
});
afterAll(() => harness.close());

const Key = z.object({
  keyUUID: z.string(),
  lastUsed: z.number().nullable(),
  values: z
    .array(z.object({ issuedOn: z.number(), lastUsed: z.number().nullable(), current: z.boolean() }))
    .default([]),
});
const Keys = z.object({ list: z.array(Key) });
const Bulk = z.object({ count: z.number(), revoked: z.number(), list: z.array(Key) });
const Granted = z.object({
  kind: z.literal('allowed'),
  context: z.object({ keyUUID: z.string(), valueIssuedOn: z.string() }),
});

function anotherUser(): PortalUser {
  users += 1;
  return portalUser(harness, `user-${users}`);
}

/** Calls Petstore with a value now, and delivers the line of log that API Gateway writes. */
async function use(value: string): Promise<number> {
  const outcome = Granted.parse(await authorizer.present(value, { api: 'petstore' }));
  const { keyUUID, valueIssuedOn } = outcome.context;
  const time = harness.time.now;
  const line = accessLogLine({ keyUUID, valueIssuedOn: Number(valueIssuedOn), time });
  const { petstore } = harness.apis;
  await ownLogGroup(harness.table.store, petstore);
  await deliverLines({ store: harness.table.store, log: () => undefined }, time, [line], petstore);
  return time;
}

const wait = (milliseconds: number) => (harness.time.now += milliseconds);

const bulkRevoke = async (filter: object, dryRun = true) =>
  succeeded(
    await admin({ method: 'POST', path: `${ADMIN}/api-keys/bulk-revoke`, body: { filter, dryRun } }),
    Bulk,
  );

describe('the last use of a key', () => {
  it('is shown by every list and to everyone who asks for the key, and of another key nothing', async () => {
    const alice = anotherUser();
    const { petstore } = harness.apis;
    const { keyUUID, apikey } = await alice.generate(petstore);
    const unused = await alice.generate(petstore);
    const applicationId = await alice.application();
    await alice.associate(petstore, keyUUID, applicationId);
    wait(1_000);
    const lastUsed = await use(apikey);

    const listPaths = [
      '/api-keys',
      `/apis/${petstore}/api-keys`,
      `/applications/${applicationId}/api-keys/PRODUCTION/associations`,
    ];
    for (const path of listPaths) {
      const { list } = succeeded(await alice.get(path), Keys);
      const found = list.find((key) => key.keyUUID === keyUUID);
      expect(found, path).toMatchObject({ lastUsed, values: [{ lastUsed, current: true }] });
      for (const other of list.filter((key) => key.keyUUID === unused.keyUUID)) {
        expect(other).toMatchObject({ lastUsed: null, values: [{ lastUsed: null }] });
      }
    }
    const one = succeeded(await alice.get(`/apis/${petstore}/api-keys/${keyUUID}`), Key);
    expect(one).toMatchObject({ lastUsed, values: [{ lastUsed }] });
    const all = succeeded(await admin({ path: `${ADMIN}/api-keys`, query: { limit: '1000' } }), Keys);
    const lastUses = new Map(all.list.map((key) => [key.keyUUID, key.lastUsed]));
    expect(lastUses.get(keyUUID)).toBe(lastUsed);
    expect(lastUses.get(unused.keyUUID)).toBeNull();
  });

  it('is read for the keys of the page alone', async () => {
    const alice = anotherUser();
    const issued = [];
    for (let index = 0; index < 3; index += 1) {
      wait(1_000);
      issued.push(await alice.generate(harness.apis.petstore));
    }
    for (const { apikey } of issued) await use(apikey);
    const query = { limit: '1', offset: '1' };
    const { list } = succeeded(
      await alice.send({ path: `${PORTAL}/apis/${harness.apis.petstore}/api-keys`, query }),
      Keys,
    );
    expect(list).toMatchObject([{ keyUUID: issued[1]?.keyUUID, lastUsed: harness.time.now }]);
  });

  it('is kept apart for each of its values, and stays when the key is changed or regenerated', async () => {
    const alice = anotherUser();
    const { petstore } = harness.apis;
    const { keyUUID, apikey } = await alice.generate(petstore);
    const issuedFirst = wait(1_000) - 1_000;
    const firstUse = await use(apikey);
    wait(1_000);
    const Renewed = z.object({ apikey: z.string() });
    const renewed = succeeded(
      await alice.onKey(petstore, 'regenerate', { keyUUID, gracePeriod: 3_600 }),
      Renewed,
    );
    const issuedThen = harness.time.now;
    const read = async () => succeeded(await alice.get(`/apis/${petstore}/api-keys/${keyUUID}`), Key);
    expect(await read()).toMatchObject({
      lastUsed: firstUse,
      values: [
        { issuedOn: issuedThen, lastUsed: null, current: true },
        { issuedOn: issuedFirst, lastUsed: firstUse, current: false },
      ],
    });
    const secondUse = await use(renewed.apikey);
    wait(1_000);
    const lastOfOld = await use(apikey);
    expect(await read()).toMatchObject({
      lastUsed: lastOfOld,
      values: [{ lastUsed: secondUse }, { lastUsed: lastOfOld }],
    });
    await alice.onKey(petstore, 'suspend', { keyUUID });
    await alice.onKey(petstore, 'end-grace', { keyUUID });
    expect(await read()).toMatchObject({ lastUsed: lastOfOld, values: [{ lastUsed: secondUse }] });
  });

  it('is told by a time of issue that a credential keeps to its end', async () => {
    const alice = anotherUser();
    const { petstore } = harness.apis;
    const { keyUUID, apikey } = await alice.generate(petstore);
    const issuedAt = harness.time.now;
    const stored = async () =>
      (await readTable(harness.table.store)).find(
        ({ pk }) => pk === credentialItemKey(digestKeyValue(apikey)).pk,
      );
    expect(await stored()).toMatchObject({ status: 'ACTIVE', issuedAt });
    wait(1_000);
    await alice.onKey(petstore, 'regenerate', { keyUUID, gracePeriod: 3_600 });
    expect(await stored()).toMatchObject({ status: 'ACTIVE', issuedAt });
    wait(1_000);
    await alice.onKey(petstore, 'revoke', { keyUUID });
    expect(await stored()).toMatchObject({ status: 'REVOKED', issuedAt });
  });
});

describe('bulk revocation of unused keys', () => {
  it('fits keys that were last used before, and such that were never used and made before', async () => {
    const alice = anotherUser();
    const { petstore } = harness.apis;
    const owner = `user-${users}`;
    const stale = await alice.generate(petstore);
    const never = await alice.generate(petstore);
    const busy = await alice.generate(petstore);
    wait(1_000);
    await use(stale.apikey);
    const unusedSince = wait(1_000);
    const lastUsed = await use(busy.apikey);
    const fresh = await alice.generate(petstore);

    const found = await bulkRevoke({ owner, unusedSince });
    expect(new Set(found.list.map(({ keyUUID }) => keyUUID))).toEqual(
      new Set([stale.keyUUID, never.keyUUID]),
    );
    expect(found.list.map((key) => key.lastUsed)).toEqual(
      expect.arrayContaining([null, unusedSince - 1_000]),
    );
    expect((await bulkRevoke({ owner, unusedSince: unusedSince - 1_000 })).list).toMatchObject([
      { keyUUID: never.keyUUID },
    ]);
    expect((await bulkRevoke({ owner, unusedSince: lastUsed + 1 })).count).toBe(4);
    expect((await bulkRevoke({ owner, unusedSince, createdBefore: 1 })).count).toBe(0);

    expect(await bulkRevoke({ owner, unusedSince }, false)).toMatchObject({ count: 2, revoked: 2 });
    const kinds = await Promise.all(
      [stale, never, busy, fresh].map(
        async ({ apikey }) => (await authorizer.present(apikey, { api: 'petstore' })).kind,
      ),
    );
    expect(kinds).toEqual(['unauthorized', 'unauthorized', 'allowed', 'allowed']);
  });
});
