import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { contradictionsIn } from '../../support/check-invariants.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, portalUser, succeeded, type Issued, type PortalUser } from '../../support/portal-user.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let admin: ReturnType<ManagementHarness['as']>;
let authorizer: TestAuthorizer;
let alice: PortalUser;
let bob: PortalUser;

beforeAll(async () => {
  harness = await openManagementHarness();
  admin = harness.as('root', 'administrator');
  authorizer = testAuthorizer(harness);
  alice = portalUser(harness, 'alice');
  bob = portalUser(harness, 'bob');
});

afterAll(() => harness.close());

const Page = z.object({
  count: z.number(),
  list: z.array(z.looseObject({ keyUUID: z.string() })),
  pagination: z.object({ next: z.string(), previous: z.string() }).loose(),
});
const list = async (query?: Record<string, string>) =>
  succeeded(await admin({ path: `${ADMIN}/api-keys`, ...(query && { query }) }), Page);
const revoke = (keyUUID: string) =>
  admin({ method: 'POST', path: `${ADMIN}/api-keys/revoke`, body: { keyUUID } });

/** Keys of two owners, each a second younger than the one before. */
async function keys(): Promise<readonly [Issued, Issued, Issued]> {
  const later = <T>(make: Promise<T>) => {
    harness.time.now += 1_000;
    return make;
  };
  return [
    await later(alice.generate(harness.apis.pizza, { keyName: 'One', validityPeriod: 7_200 })),
    await later(bob.generate(harness.apis.petstore, { keyName: 'Two', keyType: 'SANDBOX' })),
    await later(alice.generate(harness.apis.petstore, { keyName: 'Three' })),
  ];
}

describe('the list of all keys', () => {
  it('has the keys of every owner with every field of the contract, newest first', async () => {
    const [one, two, three] = await keys();
    const applicationId = await alice.application({ name: 'Of alice' });
    await alice.associate(harness.apis.pizza, one.keyUUID, applicationId);
    const page = await list({ limit: '3' });
    expect(page.count).toBe(3);
    expect(page.list).toMatchObject([
      {
        keyUUID: three.keyUUID,
        keyName: 'Three',
        apiName: 'Petstore',
        applicationName: null,
        keyType: 'PRODUCTION',
        user: 'alice',
        issuedOn: harness.time.now,
        validityPeriod: -1,
        lastUsed: null,
      },
      { keyUUID: two.keyUUID, keyName: 'Two', keyType: 'SANDBOX', user: 'bob' },
      {
        keyUUID: one.keyUUID,
        apiName: 'PizzaShackAPI',
        applicationName: 'Of alice',
        issuedOn: harness.time.now - 2_000,
        validityPeriod: 7_200,
      },
    ]);
    for (const { apikey } of [one, two, three]) expect(JSON.stringify(page)).not.toContain(apikey.slice(-50));
  });

  it('keeps its order when a key is regenerated, and loses a key that is revoked', async () => {
    const [one, two, three] = await keys();
    harness.time.now += 1_000;
    await alice.regenerate(harness.apis.pizza, one.keyUUID);
    const ids = async () => (await list({ limit: '3' })).list.map(({ keyUUID }) => keyUUID);
    expect(await ids()).toEqual([three.keyUUID, two.keyUUID, one.keyUUID]);
    await bob.onKey(harness.apis.petstore, 'revoke', { keyUUID: two.keyUUID });
    expect((await ids()).slice(0, 2)).toEqual([three.keyUUID, one.keyUUID]);
  });

  it('comes in pages that link to each other and hold each key once', async () => {
    await keys();
    const all = (await list({ limit: '1000' })).list.map(({ keyUUID }) => keyUUID);
    const paged: string[] = [];
    let next = `${ADMIN}/api-keys?limit=2&offset=0`;
    while (next !== '') {
      const url = new URL(next, 'https://management.example');
      expect(url.pathname).toBe(`${ADMIN}/api-keys`);
      const page = await list(Object.fromEntries(url.searchParams));
      paged.push(...page.list.map(({ keyUUID }) => keyUUID));
      expect(page.pagination.previous === '').toBe(url.searchParams.get('offset') === '0');
      next = page.pagination.next;
    }
    expect(paged).toEqual(all);
  });

  it('asks the table for no more items at once than DynamoDB can count', async () => {
    const { middlewareStack } = harness.table.store.client;
    const limits: number[] = [];
    const Input = z.object({ Limit: z.number() });
    middlewareStack.add(
      (next) => (args) => {
        const input = Input.safeParse(args.input);
        if (input.success) limits.push(input.data.Limit);
        return next(args);
      },
      { step: 'initialize', name: 'limits' },
    );
    const { status } = await admin({ path: `${ADMIN}/api-keys`, query: { offset: '9007199254740991' } });
    middlewareStack.remove('limits');
    expect(Math.max(1, ...limits)).toBeLessThan(2 ** 31);
    expect(status).toBeLessThan(500);
  });
});

describe('an administrator who revokes a key', () => {
  it("of any owner ends it at once, and is named as the actor on the owner's resource", async () => {
    const applicationId = await bob.application();
    await bob.subscribe(applicationId, harness.apis.pizza);
    const key = await bob.generate(harness.apis.pizza);
    await bob.associate(harness.apis.pizza, key.keyUUID, applicationId);
    expect((await authorizer.present(key.apikey)).kind).toBe('allowed');
    const answer = await revoke(key.keyUUID);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(await authorizer.reasonOf(key.apikey)).toBe('key_revoked');
    expect((await bob.get(`/apis/${harness.apis.pizza}/api-keys`)).text).not.toContain(key.keyUUID);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    const entries = auditEntriesOf(await readTable(harness.table.store));
    expect(
      entries
        .filter((entry) => entry['resourceId'] === key.keyUUID)
        .map(({ actor, owner }) => [actor, owner]),
    ).toContainEqual(['sub-root', 'sub-bob']);
  });

  it('twice changes nothing the second time; one that does not exist is 404', async () => {
    const { keyUUID } = await bob.generate(harness.apis.petstore);
    await revoke(keyUUID);
    const before = await readTable(harness.table.store);
    expect((await revoke(keyUUID)).status).toBe(200);
    expect((await revoke('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect(await readTable(harness.table.store)).toEqual(before);
  });

  it('also ends a key whose API is no longer shown to developers', async () => {
    const { keyUUID, apikey } = await alice.generate(harness.apis.petstore);
    await alice.regenerate(harness.apis.petstore, keyUUID);
    expect((await revoke(keyUUID)).status).toBe(200);
    expect((await authorizer.present(apikey, { api: 'petstore' })).kind).toBe('unauthorized');
  });
});
