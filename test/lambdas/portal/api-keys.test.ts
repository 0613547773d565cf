import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestKeyValue, isWellFormedKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { credentialItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { contradictionsIn } from '../../support/check-invariants.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { credentialsOf, readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let authorizer: TestAuthorizer;
let pizza: string;
let petstore: string;
let users = 0;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  authorizer = testAuthorizer(harness);
  ({ pizza, petstore } = harness.apis);
});

afterAll(() => harness.close());

const Keys = z.object({ count: z.number(), list: z.array(z.looseObject({ keyUUID: z.string() })) });

function anotherUser(): PortalUser {
  users += 1;
  return portalUser(harness, `user-${users}`);
}

async function listed(user: PortalUser, apiId: string) {
  return succeeded(await user.get(`/apis/${apiId}/api-keys`), Keys).list;
}

/** The stored credentials of a key, by status. */
async function statusesOf(keyUUID: string): Promise<Readonly<Record<string, string>>> {
  const own = credentialsOf(await readTable(harness.table.store)).filter(
    (item) => item['keyUUID'] === keyUUID,
  );
  return Object.fromEntries(own.map(({ pk, status }) => [pk, String(status)]));
}

const pkOf = (value: string) => credentialItemKey(digestKeyValue(value)).pk;

describe('generating a key', () => {
  it('answers its value once, with name, type and validity', async () => {
    const user = anotherUser();
    const answer = await user.onKey(petstore, 'generate', {
      keyName: 'My key',
      keyType: 'SANDBOX',
      validityPeriod: 3_600,
      additionalProperties: {
        permittedIP: '192.168.1.2/24, 2001:C00::/23',
        permittedReferer: 'www.ABC.com/path',
      },
    });
    expect(answer.status).toBe(200);
    const { apikey, keyUUID } = succeeded(answer, z.object({ apikey: z.string(), keyUUID: z.uuid() }));
    expect(answer.json).toMatchObject({ keyName: 'My key', validityPeriod: 3_600, keyType: 'SANDBOX' });
    expect(isWellFormedKeyValue(apikey)).toBe(true);
    expect(apikey).toMatch(/^kb_sandbox_/);
    const [key] = await listed(user, petstore);
    expect(key).toMatchObject({
      keyUUID,
      keyName: 'My key',
      keyType: 'SANDBOX',
      associatedApp: null,
      issuedOn: harness.time.now,
      validityPeriod: 3_600,
      lastUsed: null,
      additionalProperties: {
        permittedIP: '192.168.1.0/24, 2001:c00::/23',
        permittedReferer: 'www.abc.com/path',
      },
    });
    const stored = JSON.stringify([key, await readTable(harness.table.store)]);
    expect(stored).not.toContain(apikey.slice(11, 54));
    expect(JSON.stringify(key)).not.toContain(digestKeyValue(apikey));
  });

  it('makes a PRODUCTION key that never expires when nothing else is said', async () => {
    const user = anotherUser();
    const answer = await user.onKey(petstore, 'generate', {});
    expect(answer.json).toMatchObject({ keyType: 'PRODUCTION', validityPeriod: -1 });
    const name = succeeded(answer, z.object({ keyName: z.string().min(1) })).keyName;
    expect(await listed(user, petstore)).toMatchObject([{ keyName: name }]);
  });

  it('warns of restrictions that are legal but hardly meant', async () => {
    const answer = await alice.onKey(petstore, 'generate', {
      additionalProperties: { permittedIP: '0.0.0.0/0', permittedReferer: 'www.example.com/page' },
    });
    const { warnings } = succeeded(answer, z.object({ warnings: z.array(z.string()) }));
    expect(warnings).toHaveLength(2);
  });

  it.each([
    [{ permittedIP: '10.0.0.1, 10.0.0.256, nonsense' }, ['permittedIP', 'permittedIP']],
    [{ permittedIP: '10.0.0.0/33' }, ['permittedIP']],
    [{ permittedReferer: '*, https://user@example.com/*' }, ['permittedReferer', 'permittedReferer']],
    [{ permittedIP: 'x', permittedReferer: 'ftp://example.com/*' }, ['permittedIP', 'permittedReferer']],
  ])('names each entry that cannot be understood: %j', async (additionalProperties, fields) => {
    const before = await readTable(harness.table.store);
    const answer = await alice.onKey(petstore, 'generate', { additionalProperties });
    expect(answer.status).toBe(400);
    const { error } = z.object({ error: z.array(z.object({ message: z.string() })) }).parse(answer.json);
    expect(error.map(({ message }) => message.split(': ')[0])).toEqual(
      fields.map((field) => `additionalProperties.${field}`),
    );
    expect(await readTable(harness.table.store)).toEqual(before);
  });

  it.each([0, -2, 1.5, 100 * 365 * 24 * 3600 + 1, 1e300])(
    'refuses a validity of %d seconds',
    async (seconds) => {
      const answer = await alice.onKey(petstore, 'generate', { validityPeriod: seconds });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('validityPeriod: ');
    },
  );

  it('needs an API that exists', async () => {
    expect((await alice.onKey('00000000-0000-0000-0000-000000000000', 'generate', {})).status).toBe(404);
  });
});

describe('the list of keys', () => {
  it('has the keys of this API and this owner, oldest first, in pages', async () => {
    const user = anotherUser();
    const made: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      harness.time.now += 1_000;
      made.push((await user.generate(petstore)).keyUUID);
    }
    await user.generate(pizza);
    await alice.generate(petstore);
    expect((await listed(user, petstore)).map(({ keyUUID }) => keyUUID)).toEqual(made);
    const page = await user.get(`/apis/${petstore}/api-keys`, { limit: '2', offset: '1' });
    expect(page.json).toMatchObject({
      count: 2,
      list: [{ keyUUID: made[1] }, { keyUUID: made[2] }],
      pagination: { total: 3, next: '', previous: `${PORTAL}/apis/${petstore}/api-keys?limit=2&offset=0` },
    });
  });
});

describe('regenerating a key', () => {
  it('replaces its value and starts its validity anew; id, name, type, restrictions and application stay', async () => {
    const user = anotherUser();
    const applicationId = await user.application({ name: 'Keeps it' });
    await user.subscribe(applicationId, pizza);
    const restrictions = { permittedIP: '198.51.100.0/24', permittedReferer: '' };
    const key = await user.generate(pizza, {
      keyName: 'Kept',
      keyType: 'SANDBOX',
      validityPeriod: 100,
      additionalProperties: restrictions,
    });
    await user.associate(pizza, key.keyUUID, applicationId);
    harness.time.now += 60_000;
    const answer = await user.onKey(pizza, 'regenerate', { keyUUID: key.keyUUID });
    expect(answer.json).toMatchObject({ keyUUID: key.keyUUID, keyName: 'Kept', validityPeriod: 100 });
    const { apikey } = succeeded(answer, z.object({ apikey: z.string() }));
    expect(apikey).not.toBe(key.apikey);
    expect(await listed(user, pizza)).toMatchObject([
      {
        keyUUID: key.keyUUID,
        keyName: 'Kept',
        keyType: 'SANDBOX',
        associatedApp: 'Keeps it',
        issuedOn: harness.time.now,
        validityPeriod: 100,
        additionalProperties: restrictions,
      },
    ]);

    const sandbox = { environment: 'SANDBOX' } as const;
    expect(await authorizer.reasonOf(key.apikey, sandbox)).toBe('key_regenerated');
    expect((await authorizer.present(apikey, sandbox)).kind).toBe('allowed');
    expect(await authorizer.reasonOf(apikey, { ...sandbox, sourceIp: '192.0.2.1' })).toBe(
      'address_forbidden',
    );
    harness.time.now += 99_999;
    expect((await authorizer.present(apikey, sandbox)).kind).toBe('allowed');
    harness.time.now += 1;
    expect(await authorizer.reasonOf(apikey, sandbox)).toBe('key_expired');
    expect(await statusesOf(key.keyUUID)).toEqual({
      [pkOf(key.apikey)]: 'REGENERATED',
      [pkOf(apikey)]: 'ACTIVE',
    });
  });

  it('again and again leaves one value that works', async () => {
    const first = await alice.generate(petstore);
    const values = [first.apikey];
    for (let turn = 0; turn < 4; turn += 1) {
      values.push((await alice.regenerate(petstore, first.keyUUID)).apikey);
    }
    const last = values.pop() ?? '';
    const statuses = { ...Object.fromEntries(values.map((value) => [pkOf(value), 'REGENERATED'])) };
    expect(await statusesOf(first.keyUUID)).toEqual({ ...statuses, [pkOf(last)]: 'ACTIVE' });
    expect((await authorizer.present(last, { api: 'petstore' })).kind).toBe('allowed');
    for (const value of values) {
      expect((await authorizer.present(value, { api: 'petstore' })).kind).toBe('unauthorized');
    }
  });

  it('is impossible for a key of another API, and for one that is revoked', async () => {
    const { keyUUID } = await alice.generate(petstore);
    expect((await alice.onKey(pizza, 'regenerate', { keyUUID })).status).toBe(404);
    await alice.onKey(petstore, 'revoke', { keyUUID });
    expect((await alice.onKey(petstore, 'regenerate', { keyUUID })).status).toBe(404);
  });
});

describe('revoking a key', () => {
  it('ends its value at once and takes it out of the list and its application; again it changes nothing', async () => {
    const user = anotherUser();
    const applicationId = await user.application();
    await user.subscribe(applicationId, pizza);
    const key = await user.generate(pizza);
    await user.associate(pizza, key.keyUUID, applicationId);
    const answer = await user.onKey(pizza, 'revoke', { keyUUID: key.keyUUID });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(await authorizer.reasonOf(key.apikey)).toBe('key_revoked');
    expect(await listed(user, pizza)).toEqual([]);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    const before = await readTable(harness.table.store);
    expect((await user.onKey(pizza, 'revoke', { keyUUID: key.keyUUID })).status).toBe(200);
    expect(await readTable(harness.table.store)).toEqual(before);
    for (const operation of ['associate', 'dissociate', 'regenerate']) {
      const body = {
        keyUUID: key.keyUUID,
        ...(operation === 'associate' && { applicationUUID: applicationId }),
      };
      expect((await user.onKey(pizza, operation, body)).status).toBe(404);
    }
  });
});

describe('associating a key', () => {
  it('answers the names of key, API and application; again it changes nothing', async () => {
    const applicationUUID = await alice.application({ name: 'Holder' });
    const { keyUUID } = await alice.generate(petstore, { keyName: 'Held' });
    const answer = await alice.onKey(petstore, 'associate', { keyUUID, applicationUUID });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ keyName: 'Held', apiName: 'Petstore', applicationName: 'Holder' });
    const before = await readTable(harness.table.store);
    const again = await alice.onKey(petstore, 'associate', { keyUUID, applicationUUID });
    expect([again.status, again.json]).toEqual([200, answer.json]);
    expect(await readTable(harness.table.store)).toEqual(before);
  });

  it('with a second application is refused until it has been dissociated from the first', async () => {
    const [first, second] = [await alice.application(), await alice.application()];
    const { keyUUID } = await alice.generate(petstore);
    await alice.associate(petstore, keyUUID, first);
    const move = { keyUUID, applicationUUID: second };
    expect((await alice.onKey(petstore, 'associate', move)).status).toBe(409);
    const answer = await alice.onKey(petstore, 'dissociate', { keyUUID });
    expect([answer.status, answer.text]).toEqual([200, '']);
    const before = await readTable(harness.table.store);
    expect((await alice.onKey(petstore, 'dissociate', { keyUUID })).status).toBe(200);
    expect(await readTable(harness.table.store)).toEqual(before);
    expect((await alice.onKey(petstore, 'associate', move)).status).toBe(200);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });
});
