import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { contradictionsIn } from '../../support/check-invariants.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import {
  ADMIN,
  PORTAL,
  portalUser,
  succeeded,
  type Issued,
  type PortalUser,
} from '../../support/portal-user.ts';
import { failingAfterWrites, UNKNOWN, withFaults } from '../../support/table-faults.ts';
import { readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let admin: ReturnType<ManagementHarness['as']>;
let authorizer: TestAuthorizer;
let alice: PortalUser;
let bob: PortalUser;
let pizza: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  admin = harness.as('root', 'administrator');
  authorizer = testAuthorizer(harness);
  alice = portalUser(harness, 'alice');
  bob = portalUser(harness, 'bob');
  ({ pizza } = harness.apis);
  await bob.application({ name: 'Of bob' });
});
afterAll(() => harness.close());

const changeOwner = (applicationId: string, query: Record<string, string>) =>
  admin({ method: 'POST', path: `${ADMIN}/applications/${applicationId}/change-owner`, query });

/** An application of alice with a subscription, a key of its own and some that are associated. */
async function application(associated: number) {
  const applicationId = await alice.application();
  await alice.subscribe(applicationId, pizza);
  const own = await alice.generateFor(applicationId);
  const keys: Issued[] = [];
  for (let made = 0; made < associated; made += 1) {
    const key = await alice.generate(pizza, { keyName: `Key ${made}` });
    await alice.associate(pizza, key.keyUUID, applicationId);
    keys.push(key);
  }
  return { applicationId, own, keys };
}

/** How every key answers. */
const outcomes = async (keys: readonly Issued[]) => [
  ...new Set(await Promise.all(keys.map(async ({ apikey }) => (await authorizer.present(apikey)).kind))),
];

/** What of an owner's partition names an application. */
async function leftAt(owner: string, applicationId: string): Promise<readonly string[]> {
  return (await readTable(harness.table.store))
    .filter((item) => item.pk === `OWNER#${owner}` && JSON.stringify(item).includes(applicationId))
    .filter((item) => item['status'] !== 'REVOKED')
    .map(({ sk }) => sk);
}

describe('an application that gets another owner', () => {
  it('goes over with its subscriptions and all its keys, which work on', async () => {
    const { applicationId, own, keys } = await application(3);
    expect(await outcomes([own, ...keys])).toEqual(['allowed']);
    expect((await changeOwner(applicationId, { owner: 'bob' })).status).toBe(200);
    expect(await outcomes([own, ...keys])).toEqual(['allowed']);
    expect(await leftAt('sub-alice', applicationId)).toEqual([]);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    expect((await alice.get(`/applications/${applicationId}`)).status).toBe(404);
    expect((await bob.get(`/applications/${applicationId}`)).json).toMatchObject({ owner: 'bob' });
    expect((await bob.get(`/apis/${pizza}/api-keys`)).json).toMatchObject({ count: 3 });
    expect((await bob.get('/subscriptions', { applicationId })).json).toMatchObject({ count: 1 });
    const [key] = keys;
    if (key === undefined) throw new Error('there is no key');
    expect((await alice.onKey(pizza, 'revoke', { keyUUID: key.keyUUID })).status).toBe(404);
    expect((await bob.onKey(pizza, 'revoke', { keyUUID: key.keyUUID })).status).toBe(200);
    expect(await authorizer.reasonOf(key.apikey)).toBe('key_revoked');
    expect((await changeOwner(applicationId, { owner: 'sub-bob' })).status).toBe(200);
  });

  it('in parts is completed by the same request, works all the while, and cannot be added to meanwhile', async () => {
    const { applicationId, own, keys } = await application(36);
    const all = [own, ...keys];
    const { result } = await withFaults(
      harness,
      failingAfterWrites(3),
      UNKNOWN,
      () => changeOwner(applicationId, { owner: 'sub-bob' }),
      'call',
    );
    expect(result.status).toBe(503);
    expect(await outcomes(all)).toEqual(['allowed']);

    // Nobody can change it, but ending what it has is possible for whoever may, at any time.
    expect((await alice.get(`/applications/${applicationId}`)).status).toBe(404);
    const put = { name: 'Mine', throttlingPolicy: '10PerMin' };
    const path = `${PORTAL}/applications/${applicationId}`;
    expect((await bob.send({ method: 'PUT', path, body: put })).status).toBe(409);
    expect((await bob.send({ method: 'DELETE', path })).status).toBe(409);
    expect((await bob.post(`/applications/${applicationId}/api-keys/PRODUCTION/generate`, {})).status).toBe(
      409,
    );
    expect((await changeOwner(applicationId, { owner: 'sub-carol', ownerName: 'carol' })).status).toBe(409);
    const { list: behind } = succeeded(
      await alice.get(`/apis/${pizza}/api-keys`, { limit: '1000' }),
      z.object({ list: z.array(z.object({ keyUUID: z.string() })) }),
    );
    const isBehind = ({ keyUUID }: Issued) => behind.some((key) => key.keyUUID === keyUUID);
    expect(keys.filter(isBehind).length).toBeGreaterThan(0);
    expect(keys.every(isBehind)).toBe(false);
    const last = keys.find(isBehind);
    if (last === undefined) throw new Error('no key is left behind');
    const others = [own, ...keys].filter(({ keyUUID }) => keyUUID !== last.keyUUID);
    expect((await alice.onKey(pizza, 'regenerate', { keyUUID: last.keyUUID })).status).toBe(409);
    const revoked = await admin({
      method: 'POST',
      path: `${ADMIN}/api-keys/revoke`,
      body: { keyUUID: last.keyUUID },
    });
    expect(revoked.status).toBe(200);
    expect(await authorizer.reasonOf(last.apikey)).toBe('key_revoked');
    const publisher = harness.as('pat', 'publisher');
    const { list } = succeeded(
      await bob.get('/subscriptions', { applicationId }),
      z.object({ list: z.array(z.object({ subscriptionId: z.string() })) }),
    );
    const block = (verb: string, query: Record<string, string>) =>
      publisher({
        method: 'POST',
        path: `/api/am/publisher/v4/subscriptions/${verb}-subscription`,
        query: { subscriptionId: list[0]?.subscriptionId ?? '', ...query },
      });
    expect((await block('block', { blockState: 'BLOCKED' })).status).toBe(200);
    expect(await outcomes(others)).toEqual(['forbidden']);
    expect((await block('unblock', {})).status).toBe(200);

    expect((await changeOwner(applicationId, { owner: 'sub-bob' })).status).toBe(200);
    expect(await outcomes(others)).toEqual(['allowed']);
    expect(await leftAt('sub-alice', applicationId)).toEqual([]);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    expect((await bob.send({ method: 'PUT', path, body: put })).status).toBe(200);
  });

  it('must be known, by subject or name, unless the name comes along or it is a group', async () => {
    const { applicationId } = await application(0);
    expect((await changeOwner(applicationId, { owner: 'nobody' })).status).toBe(400);
    expect((await changeOwner(applicationId, { owner: 'sub-dave', ownerName: 'dave' })).status).toBe(200);
    expect((await changeOwner(applicationId, { owner: 'group:team' })).status).toBe(200);
    expect(await leftAt('sub-dave', applicationId)).toEqual([]);
    expect((await changeOwner(crypto.randomUUID(), { owner: 'bob' })).status).toBe(404);
  });

  it('must have no application of the same name', async () => {
    const name = 'Twice';
    const applicationId = await alice.application({ name });
    await bob.application({ name });
    expect((await changeOwner(applicationId, { owner: 'bob' })).status).toBe(409);
    expect((await alice.get(`/applications/${applicationId}`)).status).toBe(200);
  });
});

describe('the list of all applications', () => {
  it('has those of every owner, by owner and part of a name, page by page', async () => {
    const mine = await alice.application({ name: 'Listed one' });
    await bob.application({ name: 'Listed two' });
    const Page = z.object({
      list: z.array(z.looseObject({ name: z.string(), owner: z.string() })),
      next: z.string(),
    });
    const list = async (query: Record<string, string>) =>
      succeeded(await admin({ path: `${ADMIN}/applications`, query }), Page);
    expect((await list({ name: 'listed' })).list.map(({ owner }) => owner).sort()).toEqual(['alice', 'bob']);
    expect((await list({ name: 'listed', user: 'alice' })).list).toMatchObject([
      { applicationId: mine, ownerId: 'sub-alice', status: 'APPROVED' },
    ]);
    const first = await list({ name: 'listed', limit: '1' });
    const { searchParams } = new URL(first.next, 'https://management.example');
    expect(searchParams.get('name')).toBe('listed');
    const second = await list(Object.fromEntries(searchParams));
    expect([...first.list, ...second.list]).toHaveLength(2);
    expect(second.next).toBe('');
  });
});
