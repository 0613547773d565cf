import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callAddressItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { overwriteEach } from '../../../lambdas/platform/dynamodb/overwrite-each.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestAnswer,
} from '../../support/management-harness.ts';
import { ADMIN, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { accessLogLine, deliverLines, ownLogGroup, type AccessLogCall } from '../usage/usage-events.ts';

const PUBLISHER = '/api/am/publisher/v4';
/** What the harness begins with: 2026-01-01T12:00:00Z. */
const DAY = 24 * 60 * 60 * 1000;

let harness: ManagementHarness;
let alice: PortalUser;
let bob: PortalUser;
let now: number;
const administrator = (path: string, query: Readonly<Record<string, string>> = {}) =>
  harness.as('root', 'administrator')({ path: `${ADMIN}/usage${path}`, query });
const publisher = (path: string, query: Readonly<Record<string, string>> = {}) =>
  harness.as('polly', 'publisher')({ path: `${PUBLISHER}${path}`, query });

beforeAll(async () => {
  harness = await openManagementHarness();
  [alice, bob, now] = [portalUser(harness, 'alice'), portalUser(harness, 'bob'), harness.time.now];
  await ownLogGroup(harness.table.store, harness.apis.petstore);
  await ownLogGroup(harness.table.store, harness.apis.pizza, true);
});
afterAll(() => harness.close());

const record = (...lines: readonly string[]) =>
  deliverLines(
    { store: harness.table.store, log: (entry) => expect(entry).toBeUndefined() },
    now,
    lines,
    harness.apis.petstore,
  );
const called = (...calls: readonly AccessLogCall[]) => record(...calls.map(accessLogLine));

const refused = (reason: string, more: object) =>
  record(
    JSON.stringify({
      ...{ type: 'refusal', requestId: randomUUID(), at: now - 1_000, reason, code: '1', status: 403 },
      ...{ environment: 'PRODUCTION', apiId: harness.apis.petstore, ...more },
    }),
  );

const Totals = z.object({ calls: z.number(), refusals: z.number() });
const Usage = z.object({ totals: Totals, list: z.array(z.unknown()), from: z.string(), to: z.string() });
const totalsOf = (answer: TestAnswer) => {
  const { calls, refusals } = succeeded(answer, Usage).totals;
  return [calls, refusals];
};

describe('the usage of a key', () => {
  it('shows its owner calls by hour, environment and status class, refusals, addresses and the last use', async () => {
    const { petstore } = harness.apis;
    const { keyUUID } = await alice.generate(petstore);
    const call = { keyUUID, apiUUID: petstore };
    await called(
      { ...call, time: now - 1_000 },
      { ...call, time: now - 2_000, sourceIp: '203.0.113.9' },
      { ...call, time: now - 3_000, sourceIp: '203.0.113.9', status: 404 },
      { ...call, time: now - 90 * 60 * 1000, stage: 'sandbox', status: 500, sourceIp: '203.0.113.9' },
      { ...call, time: now - 3 * DAY, status: 301 },
    );
    await refused('key_expired', { keyUUID, owner: 'sub-alice' });
    await refused('burst_limit', { keyUUID, owner: 'sub-alice' });
    await refused('key_expired', { keyUUID, owner: 'sub-alice' });
    await refused('key_unknown', {});
    const path = `/apis/${petstore}/api-keys/${keyUUID}/usage`;
    const answer = await alice.get(path);
    expect(answer.json).toEqual({
      from: '2025-12-31T12:00:00.000Z',
      to: '2026-01-01T12:00:00.000Z',
      granularity: 'hour',
      totals: { calls: 4, statusClasses: { '2xx': 2, '3xx': 0, '4xx': 1, '5xx': 1 }, refusals: 3 },
      list: [
        { start: '2026-01-01T10:00:00.000Z', environment: 'SANDBOX', statusClass: '5xx', calls: 1 },
        { start: '2026-01-01T11:00:00.000Z', environment: 'PRODUCTION', statusClass: '2xx', calls: 2 },
        { start: '2026-01-01T11:00:00.000Z', environment: 'PRODUCTION', statusClass: '4xx', calls: 1 },
      ],
      refusals: [
        { reason: 'key_expired', code: '900901', refusals: 2 },
        { reason: 'burst_limit', code: '900807', refusals: 1 },
      ],
      addresses: [
        { address: '203.0.113.9', calls: 3 },
        { address: '198.51.100.7', calls: 1 },
      ],
      addressesTruncated: false,
      lastUsed: now - 1_000,
    });
    expect((await administrator(`/api-keys/${keyUUID}`)).json).toEqual(answer.json);
    const byDay = succeeded(await alice.get(path, { granularity: 'day' }), Usage);
    expect(byDay.totals.calls).toBe(5);
    expect(byDay.list[0]).toMatchObject({ start: '2025-12-29T00:00:00.000Z', statusClass: '3xx' });
    const day = { from: '2025-12-29', to: '2025-12-30' };
    expect(succeeded(await alice.get(path, day), Usage)).toMatchObject({
      ...{ from: '2025-12-29T00:00:00.000Z', to: '2025-12-30T00:00:00.000Z' },
      totals: { calls: 1, refusals: 0 },
    });
  });

  it('is exported as CSV by everyone who may read it', async () => {
    const { petstore } = harness.apis;
    const { keyUUID } = await alice.generate(petstore);
    await called({ keyUUID, time: now - 1_000 });
    const answer = await alice.get(`/apis/${petstore}/api-keys/${keyUUID}/usage`, { format: 'csv' });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="getApiKeyUsage.csv"',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const expected = 'start,environment,statusClass,calls\r\n2026-01-01T11:00:00.000Z,PRODUCTION,2xx,1\r\n';
    expect(answer.text).toBe(expected);
    expect((await administrator(`/api-keys/${keyUUID}`, { format: 'csv' })).text).toBe(expected);
  });

  it('is exported list by list, each to everyone who may read it and to nobody else', async () => {
    const { petstore } = harness.apis;
    const { keyUUID } = await alice.generate(petstore);
    await called({ keyUUID, time: now - 1_000 }, { keyUUID, time: now - 2_000, sourceIp: '2001:db8::1' });
    await called({ keyUUID, time: now - 3_000, sourceIp: '2001:db8::1' });
    await refused('key_expired', { keyUUID, owner: 'sub-alice' });
    const path = `/apis/${petstore}/api-keys/${keyUUID}/usage`;
    for (const [list, expected] of [
      ['calls', 'start,environment,statusClass,calls\r\n2026-01-01T11:00:00.000Z,PRODUCTION,2xx,3\r\n'],
      ['refusals', 'reason,code,refusals\r\nkey_expired,900901,1\r\n'],
      ['addresses', 'address,calls\r\n2001:db8::1,2\r\n198.51.100.7,1\r\n'],
    ] as const) {
      const query = { format: 'csv', list };
      expect((await alice.get(path, query)).text).toBe(expected);
      expect((await administrator(`/api-keys/${keyUUID}`, query)).text).toBe(expected);
      expect((await bob.get(path, query)).status).toBe(404);
    }
  });

  it('is exported without anything that a spreadsheet could take for a formula', async () => {
    const { petstore } = harness.apis;
    const { keyUUID } = await alice.generate(petstore);
    const address = '=HYPERLINK("https://example.com")';
    const item = { ...callAddressItemKey(keyUUID, '2026-01-01', address), address, calls: 1 };
    await overwriteEach(harness.table.store, [item]);
    const query = { format: 'csv', list: 'addresses' };
    const { text } = await alice.get(`/apis/${petstore}/api-keys/${keyUUID}/usage`, query);
    expect(text).toBe(`address,calls\r\n"'=HYPERLINK(""https://example.com"")",1\r\n`);
  });

  it('shows the 20 most frequent addresses, and says when there are too many to look at them all', async () => {
    const { petstore } = harness.apis;
    const { keyUUID } = await alice.generate(petstore);
    const addresses = (day: string, many: number) =>
      overwriteEach(
        harness.table.store,
        Array.from({ length: many }, (_, index) => {
          const address = `2001:db8::${index}`;
          return { ...callAddressItemKey(keyUUID, day, address), address, calls: index + 1 };
        }),
      );
    const Addresses = z.object({
      addresses: z.array(z.object({ address: z.string(), calls: z.number() })),
      addressesTruncated: z.boolean(),
    });
    const read = async () =>
      succeeded(await alice.get(`/apis/${petstore}/api-keys/${keyUUID}/usage`), Addresses);

    await addresses('2026-01-01', 100);
    await addresses('2025-12-31', 100);
    // Of another time.
    await addresses('2025-12-30', 100);
    const few = await read();
    expect(few.addressesTruncated).toBe(false);
    expect(few.addresses).toEqual(
      Array.from({ length: 20 }, (_, index) => ({
        address: `2001:db8::${99 - index}`,
        calls: 200 - 2 * index,
      })),
    );

    await addresses('2026-01-01', 2_001);
    const many = await read();
    expect(many.addressesTruncated).toBe(true);
    expect(many.addresses).toHaveLength(20);
  });

  it('of an application has its own place, and counts for the application with those of its other keys', async () => {
    const { petstore } = harness.apis;
    const applicationId = await alice.application();
    const own = await alice.post(`/applications/${applicationId}/api-keys/SANDBOX/generate`, {});
    const { keyUUID } = succeeded(own, z.object({ keyUUID: z.string() }));
    const other = await alice.generate(petstore);
    await alice.onKey(petstore, 'associate', { keyUUID: other.keyUUID, applicationUUID: applicationId });
    const call = { applicationId, apiUUID: petstore, stage: 'sandbox', time: now - 5_000 } as const;
    await called({ ...call, keyUUID }, { ...call, keyUUID: other.keyUUID }, { ...call, keyUUID });
    await refused('address_forbidden', { keyUUID, applicationId });
    const path = `/applications/${applicationId}`;
    expect(totalsOf(await alice.get(`${path}/api-keys/SANDBOX/${keyUUID}/usage`))).toEqual([2, 1]);
    expect((await alice.get(`${path}/api-keys/PRODUCTION/${keyUUID}/usage`)).status).toBe(404);
    const answer = await alice.get(`${path}/usage`);
    expect(totalsOf(answer)).toEqual([3, 1]);
    expect((await administrator(path)).json).toEqual(answer.json);
    expect((await alice.get(`${path}/usage`, { format: 'csv' })).text).toContain(',SANDBOX,2xx,3\r\n');
    const refusals = await alice.get(`${path}/usage`, { format: 'csv', list: 'refusals' });
    expect(refusals.text).toMatch(/^reason,code,refusals\r\n\w+,\d+,1\r\n$/);
    expect((await administrator(path, { format: 'csv', list: 'refusals' })).text).toBe(refusals.text);
  });

  it("that is another's or does not exist is not found; of a revoked one it can still be read", async () => {
    const { petstore, pizza } = harness.apis;
    const { keyUUID } = await alice.generate(petstore);
    const path = (apiId: string, id = keyUUID) => `/apis/${apiId}/api-keys/${id}/usage`;
    expect((await alice.get(path(petstore))).status).toBe(200);
    expect((await bob.get(path(petstore))).status).toBe(404);
    expect((await alice.get(path(pizza))).status).toBe(404);
    expect((await alice.get(path(petstore, randomUUID()))).status).toBe(404);
    expect((await administrator(`/api-keys/${randomUUID()}`)).status).toBe(404);
    const applicationId = await alice.application();
    expect((await bob.get(`/applications/${applicationId}/usage`)).status).toBe(404);
    await called({ keyUUID, time: now - 1_000 });
    await alice.onKey(petstore, 'revoke', { keyUUID });
    expect(totalsOf(await alice.get(path(petstore)))).toEqual([1, 0]);
    expect((await bob.get(path(petstore))).status).toBe(404);
    expect(totalsOf(await administrator(`/api-keys/${keyUUID}`))).toEqual([1, 0]);

    const ofApplication = `/applications/${applicationId}/api-keys/PRODUCTION`;
    const own = succeeded(
      await alice.post(`${ofApplication}/generate`, {}),
      z.object({ keyUUID: z.string() }),
    );
    await called({ keyUUID: own.keyUUID, applicationId, time: now - 1_000 });
    expect((await alice.post(`${ofApplication}/revoke`, own)).status).toBe(200);
    for (const verb of ['suspend', 'resume', 'end-grace', 'revoke', 'regenerate']) {
      expect((await alice.post(`${ofApplication}/${verb}`, own)).status).toBe(404);
    }
    expect((await alice.get(`${ofApplication}/${own.keyUUID}`)).status).toBe(404);
    expect(totalsOf(await alice.get(`${ofApplication}/${own.keyUUID}/usage`))).toEqual([1, 0]);
  });
});

describe('the usage of an API', () => {
  it('has all its calls and refusals, for publishers and administrators', async () => {
    const { pizza } = harness.apis;
    const call = { apiUUID: pizza, time: now - 1_000 };
    await called(
      { ...call, keyUUID: (await alice.generate(pizza)).keyUUID },
      { ...call, keyUUID: '-', status: 401 },
      { ...call, keyUUID: '-', status: 403 },
    );
    await refused('credential_missing', { apiId: pizza });
    const answer = await publisher(`/apis/${pizza}/usage`);
    expect(totalsOf(answer)).toEqual([3, 1]);
    expect((await administrator(`/apis/${pizza}`)).json).toEqual(answer.json);
    expect((await publisher(`/apis/${pizza}/usage`, { format: 'csv' })).text).toContain(
      ',PRODUCTION,4xx,2\r\n',
    );
    const refusals = { format: 'csv', list: 'refusals' };
    const expected = 'reason,code,refusals\r\ncredential_missing,900902,1\r\n';
    expect((await publisher(`/apis/${pizza}/usage`, refusals)).text).toBe(expected);
    expect((await administrator(`/apis/${pizza}`, refusals)).text).toBe(expected);
    expect((await publisher(`/apis/${randomUUID()}/usage`)).status).toBe(404);
    expect((await administrator(`/apis/${randomUUID()}`)).status).toBe(404);
  });

  it('is listed for administrators with that of all others, also as CSV', async () => {
    const { pizza, petstore } = harness.apis;
    const { json } = await administrator('/apis');
    expect(json).toMatchObject({
      count: 2,
      list: [
        { apiId: petstore, name: 'Petstore', version: '1.0.0' },
        { apiId: pizza, name: 'PizzaShackAPI', totals: { calls: 3, refusals: 1 } },
      ],
    });
    const { text } = await administrator('/apis', { format: 'csv' });
    const [header, , row] = text.split('\r\n');
    expect(header).toBe('apiId,name,version,calls,2xx,3xx,4xx,5xx,refusals');
    expect(row).toBe(`${pizza},PizzaShackAPI,1.0.0,3,1,0,2,0,1`);
  });
});

describe('a query of usage', () => {
  it.each([
    [{ from: 'yesterday' }, 'from'],
    [{ from: '2025-02-30T00:00:00Z' }, 'from'],
    [{ to: '-1' }, 'to'],
    [{ from: '2026-01-02', to: '2026-01-01' }, 'from'],
    [{ from: '2025-01-01' }, 'from'],
    [{ from: '999999999999999' }, 'from'],
    [{ to: '0000-01-01' }, 'from'],
    [{ granularity: 'minute' }, 'granularity'],
    [{ format: 'xml' }, 'format'],
    [{ format: 'csv', list: 'reasons' }, 'list'],
    [{ list: 'refusals' }, 'list'],
  ])('%j is refused, by every route that knows it, with the name of what is wrong', async (query, field) => {
    const { petstore } = harness.apis;
    const { keyUUID } = await alice.generate(petstore);
    const applicationId = await alice.application();
    for (const answer of [
      await alice.get(`/apis/${petstore}/api-keys/${keyUUID}/usage`, query),
      await alice.get(`/applications/${applicationId}/usage`, query),
      await publisher(`/apis/${petstore}/usage`, query),
      await administrator(`/api-keys/${keyUUID}`, query),
      await administrator(`/applications/${applicationId}`, query),
      await administrator(`/apis/${petstore}`, query),
      // It knows the time and the format alone, and ignores the rest.
      ...(['granularity', 'list'].includes(field) ? [] : [await administrator('/apis', query)]),
    ]) {
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(field)]);
    }
  });

  it('for a list that there is not is refused with those that there are', async () => {
    const { petstore } = harness.apis;
    const { keyUUID } = await alice.generate(petstore);
    const applicationId = await alice.application();
    const message = async (answer: Promise<TestAnswer>) =>
      z.object({ error: z.tuple([z.object({ message: z.string() })]) }).parse((await answer).json).error[0]
        .message;
    const query = { format: 'csv', list: 'places' };
    const ofKey = `/apis/${petstore}/api-keys/${keyUUID}/usage`;
    expect(await message(alice.get(ofKey, query))).toBe('list: must be one of calls, refusals, addresses');
    const addresses = { format: 'csv', list: 'addresses' };
    for (const answer of [
      alice.get(`/applications/${applicationId}/usage`, addresses),
      publisher(`/apis/${petstore}/usage`, addresses),
      administrator(`/applications/${applicationId}`, addresses),
      administrator(`/apis/${petstore}`, addresses),
    ]) {
      expect(await message(answer)).toBe('list: must be calls or refusals');
    }
    expect(await message(alice.get(ofKey, { list: 'addresses' }))).toBe(
      'list: goes with format=csv only: JSON has all lists',
    );
  });

  it('is refused by its form before anybody looks whether there is such a key', async () => {
    const path = `/apis/${harness.apis.petstore}/api-keys/${randomUUID()}/usage`;
    expect((await bob.get(path, { from: 'no' })).status).toBe(400);
    expect(harness.logged).toEqual([]);
  });
});
