import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let admin: ReturnType<ManagementHarness['as']>;
let authorizer: TestAuthorizer;
let alice: PortalUser;
let pizza: string;
let petstore: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  admin = harness.as('root', 'administrator');
  authorizer = testAuthorizer(harness);
  alice = portalUser(harness, 'alice');
  ({ pizza, petstore } = harness.apis);
});
afterAll(() => harness.close());

const Page = z.object({
  list: z.array(z.looseObject({ keyUUID: z.string(), keyName: z.string() })),
  pagination: z.object({ next: z.string(), previous: z.string(), offset: z.number() }).loose(),
});
const list = async (query: Record<string, string>) =>
  succeeded(await admin({ path: `${ADMIN}/api-keys`, query }), Page);
const names = async (query: Record<string, string>) =>
  (await list({ ...query, name: 'Sought' })).list.map(({ keyName }) => keyName).sort();
const post = (operation: string, body: object) =>
  admin({ method: 'POST', path: `${ADMIN}/api-keys/${operation}`, body });

describe('the list of all keys', () => {
  it('can be narrowed by every part of the filter', async () => {
    const bob = portalUser(harness, 'bob');
    const old = await alice.generate(pizza, { keyName: 'Sought old', validityPeriod: 3_600 });
    harness.time.now += 60_000;
    const middle = harness.time.now;
    await alice.generate(petstore, { keyName: 'Sought sandbox', keyType: 'SANDBOX' });
    const revoked = await bob.generate(petstore, { keyName: 'Sought revoked' });
    await bob.onKey(petstore, 'revoke', { keyUUID: revoked.keyUUID });
    const suspended = await bob.generate(petstore, { keyName: 'Sought suspended' });
    await bob.onKey(petstore, 'suspend', { keyUUID: suspended.keyUUID });
    const applicationId = await alice.application();
    await alice.associate(pizza, old.keyUUID, applicationId);

    expect(await names({})).toEqual(['Sought old', 'Sought sandbox', 'Sought suspended']);
    expect(await names({ owner: 'bob' })).toEqual(['Sought suspended']);
    expect(await names({ owner: 'sub-bob' })).toEqual(['Sought suspended']);
    expect(await names({ apiId: pizza })).toEqual(['Sought old']);
    expect(await names({ applicationId })).toEqual(['Sought old']);
    expect(await names({ keyType: 'SANDBOX' })).toEqual(['Sought sandbox']);
    expect(await names({ status: 'SUSPENDED' })).toEqual(['Sought suspended']);
    expect(await names({ status: 'REVOKED' })).toEqual(['Sought revoked']);
    expect(await names({ status: 'REVOKED', owner: 'sub-bob' })).toEqual(['Sought revoked']);
    expect(await names({ createdBefore: String(middle) })).toEqual(['Sought old']);
    expect(await names({ createdAfter: new Date(middle).toISOString() })).not.toContain('Sought old');
    expect(await names({ expiresBefore: String(middle + 3_600_000) })).toEqual(['Sought old']);
    expect(await names({ usedAfter: '0' })).toEqual([]);
    expect(await names({ unusedSince: String(middle) })).toEqual(['Sought old']);
    expect(await names({ calledFrom: '192.0.2.1' })).toEqual([]);
    const hour = 3_600_000;
    harness.time.now += hour;
    expect(await names({ status: 'EXPIRED' })).toEqual(['Sought old']);
    expect(await names({ status: 'ACTIVE' })).toEqual(['Sought sandbox']);
    harness.time.now -= hour;
  });

  it('keeps its filter on the way to the next page, and refuses a cursor of another filter or caller', async () => {
    for (let made = 0; made < 5; made += 1) {
      harness.time.now += 1_000;
      await alice.generate(petstore, { keyName: `Paged ${made}` });
    }
    const seen: string[] = [];
    let next = `?limit=2&name=Paged&owner=alice`;
    for (let pages = 0; next !== ''; pages += 1) {
      expect(pages).toBeLessThan(5);
      const { searchParams } = new URL(next, 'https://management.example');
      const page = await list(Object.fromEntries(searchParams));
      expect(page.pagination.offset).toBe(seen.length);
      seen.push(...page.list.map(({ keyName }) => keyName));
      ({ next } = page.pagination);
      if (next === '') break;
      const { searchParams: parameters } = new URL(next, 'https://management.example');
      expect(parameters.get('name')).toBe('Paged');
      const cursor = parameters.get('cursor') ?? '';
      const refused = [
        await admin({ path: `${ADMIN}/api-keys`, query: { cursor } }),
        await admin({ path: `${ADMIN}/api-keys`, query: { cursor: `${cursor}x`, name: 'Paged' } }),
        await admin({ path: `${ADMIN}/api-keys`, query: { ...Object.fromEntries(parameters), offset: '1' } }),
        await harness.as(
          'other',
          'administrator',
        )({
          path: `${ADMIN}/api-keys`,
          query: Object.fromEntries(parameters),
        }),
      ];
      expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    }
    expect(seen).toEqual(['Paged 4', 'Paged 3', 'Paged 2', 'Paged 1', 'Paged 0']);
  });

  it('has all keys without a limit, and takes a limit that is too large for the largest', async () => {
    for (let made = 0; made < 30; made += 1) await alice.generate(petstore, { keyName: `Many ${made}` });
    const page = await list({ name: 'Many' });
    expect(page.list).toHaveLength(30);
    expect(page.pagination).toMatchObject({ next: '', limit: 1_000 });
    expect((await list({ name: 'Many', limit: '5000' })).pagination).toMatchObject({ limit: 1_000 });
  });
});

describe('a value that was found', () => {
  it('leads administrators to its key and owner, by itself or by its digest, whatever became of it', async () => {
    const { keyUUID, apikey } = await alice.generate(petstore, { keyName: 'Found' });
    const Found = z.object({
      key: z.looseObject({ keyUUID: z.string(), user: z.string(), status: z.string() }),
      value: z.looseObject({ state: z.string() }),
    });
    const lookUp = async (body: object) => succeeded(await post('look-up', body), Found);
    const found = await lookUp({ apikey });
    expect(found).toMatchObject({
      key: { keyUUID, user: 'alice', owner: 'sub-alice' },
      value: { state: 'ACTIVE' },
    });
    expect(await lookUp({ sha256: digestKeyValue(apikey) })).toEqual(found);
    const next = await alice.regenerate(petstore, keyUUID);
    expect(await lookUp({ apikey })).toMatchObject({ key: { keyUUID }, value: { state: 'REGENERATED' } });
    await post('revoke', { keyUUID, reason: 'leaked' });
    expect(await lookUp({ apikey: next.apikey })).toMatchObject({
      key: { status: 'REVOKED', reason: 'leaked' },
      value: { state: 'REVOKED' },
    });
    expect(JSON.stringify(await lookUp({ apikey }))).not.toContain(apikey);
    expect(JSON.stringify(harness.logged)).not.toContain(apikey);
    expect(JSON.stringify(await readTable(harness.table.store))).not.toContain(apikey);
  });

  it('is told to administrators only, and not found when nobody has it', async () => {
    const { apikey } = await alice.generate(petstore);
    const asked = { method: 'POST', path: `${ADMIN}/api-keys/look-up`, body: { apikey } };
    expect((await alice.send(asked)).status).toBe(403);
    expect((await post('look-up', { apikey: `${apikey}x` })).status).toBe(404);
    const both = await post('look-up', { apikey, sha256: '0'.repeat(64) });
    expect(both.status).toBe(400);
    expect(both.text).not.toContain(apikey);
  });
});

describe('a key that an administrator suspended', () => {
  it('is refused, cannot be resumed by its owner by any way, and works again when an administrator resumes it', async () => {
    const { keyUUID, apikey } = await alice.generate(petstore);
    const onKey = (operation: string) => alice.onKey(petstore, operation, { keyUUID });
    expect((await post('suspend', { keyUUID, reason: 'looks leaked' })).json).toMatchObject({
      status: 'SUSPENDED',
      suspendedBy: 'administrator',
      reason: 'looks leaked',
    });
    expect(await authorizer.reasonOf(apikey, { api: 'petstore' })).toBe('key_suspended');
    expect((await onKey('resume')).status).toBe(409);
    expect((await onKey('suspend')).status).toBe(200);
    expect((await onKey('resume')).status).toBe(409);
    const changed = await alice.send({
      method: 'PATCH',
      path: `${PORTAL}/apis/${petstore}/api-keys/${keyUUID}`,
      body: { description: 'mine' },
    });
    expect(changed.status).toBe(200);
    expect((await onKey('resume')).status).toBe(409);
    const regenerated = await alice.regenerate(petstore, keyUUID);
    expect(await authorizer.reasonOf(regenerated.apikey, { api: 'petstore' })).toBe('key_suspended');
    expect((await post('resume', { keyUUID })).status).toBe(200);
    expect((await authorizer.present(regenerated.apikey, { api: 'petstore' })).kind).toBe('allowed');
    expect((await onKey('suspend')).status).toBe(200);
    expect((await onKey('resume')).status).toBe(200);
    const entries = auditEntriesOf(await readTable(harness.table.store)).filter(
      (entry) => entry['resourceId'] === keyUUID && entry['action'] === 'key.suspend',
    );
    const ofAdministrator = entries.filter(({ actor }) => actor === 'sub-root');
    expect(ofAdministrator).toMatchObject([{ after: { suspensionReason: 'looks leaked' } }]);
  });

  it('stays an administrator’s decision when its owner had suspended it first, and can be revoked by its owner', async () => {
    const { keyUUID } = await alice.generate(petstore);
    await alice.onKey(petstore, 'suspend', { keyUUID });
    await post('suspend', { keyUUID, reason: 'looks leaked' });
    expect((await alice.onKey(petstore, 'resume', { keyUUID })).status).toBe(409);
    expect((await alice.onKey(petstore, 'revoke', { keyUUID })).status).toBe(200);
  });
});
