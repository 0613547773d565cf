import { randomUUID } from 'node:crypto';
import { BatchWriteCommand, UpdateCommand, type BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RefusalItem } from '../../../lambdas/platform/dynamodb/items.ts';
import { REFUSAL_CAPS } from '../../../lambdas/core/refusals/refusal-caps.ts';
import { LISTINGS, refusalItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { readItem } from '../../../lambdas/platform/dynamodb/read-items.ts';
import { readListing } from '../../../lambdas/platform/dynamodb/listings.ts';
import { TableBusy } from '../../../lambdas/platform/dynamodb/write-errors.ts';
import { recordRefusals } from '../../../lambdas/functions/usage/record-refusals.ts';
import { readTable } from '../../support/table-contents.ts';
import { openTestTable, type TestTable } from '../../support/test-table.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const time = { now: NOW };
let table: TestTable;

beforeAll(async () => {
  table = await openTestTable(() => time.now);
});
afterAll(() => table.close());
afterEach(() => {
  time.now = NOW;
});

function refusal(more: Partial<RefusalItem> = {}): RefusalItem {
  return {
    requestId: randomUUID(),
    at: NOW,
    reason: 'address_forbidden',
    code: '900908',
    status: 403,
    apiId: randomUUID(),
    environment: 'PRODUCTION',
    sourceIp: '198.51.100.7',
    ...more,
  };
}

describe('records of refused calls', () => {
  it('are found by request, and those of a known key by the key, by time', async () => {
    const keyUUID = randomUUID();
    const of = { keyUUID, owner: 'sub-alice', applicationId: randomUUID() };
    const [second, first] = [refusal({ ...of, at: NOW + 1 }), refusal(of)];
    const junk = refusal({ reason: 'key_unknown', code: '900901', status: 401 });
    await recordRefusals(table.store, [second, first, junk]);
    for (const record of [first, second, junk]) {
      expect(await readItem(table.store, refusalItemKey(record.requestId), RefusalItem)).toEqual(record);
    }
    expect(await readListing(table.store, LISTINGS.refusalsOf(keyUUID), RefusalItem)).toEqual([
      first,
      second,
    ]);
    const stored = (await readTable(table.store)).find(({ pk }) => pk === refusalItemKey(junk.requestId).pk);
    expect(stored).not.toHaveProperty('listing');
  });

  it('are the same however often they are written, also twice at once', async () => {
    const records = [refusal(), refusal({ keyUUID: randomUUID() })];
    await recordRefusals(table.store, [...records, ...records]);
    const stored = async () => (await readTable(table.store)).filter(({ sk }) => sk === 'REFUSAL');
    const before = await stored();
    time.now += 60_000;
    await Promise.all([recordRefusals(table.store, records), recordRefusals(table.store, records)]);
    expect(await stored()).toEqual(before);
  });

  it.each([
    ['an API, without a key', { apiId: randomUUID() }, REFUSAL_CAPS.withoutKey.items],
    ['a key', { keyUUID: randomUUID(), owner: 'sub-alice' }, REFUSAL_CAPS.withKey.items],
  ])(
    'are as many as an hour has places for %s and a reason, also of batches at once',
    async (_, of, most) => {
      const count = async (reason: string) =>
        (await readTable(table.store)).filter(
          (item) =>
            item['reason'] === reason &&
            Object.entries(of).every(([name, value]) => Reflect.get(item, name) === value),
        ).length;
      const batch = (more: Partial<RefusalItem> = {}) =>
        Array.from({ length: 90 }, () => refusal({ ...of, ...more }));
      await Promise.all([0, 1, 2].map(() => recordRefusals(table.store, batch())));
      expect(await count('address_forbidden')).toBe(most);
      await recordRefusals(table.store, [refusal({ ...of, reason: 'key_suspended' })]);
      expect(await count('key_suspended')).toBe(1);
      await recordRefusals(table.store, batch({ at: NOW + 60 * 60 * 1_000 }));
      expect(await count('address_forbidden')).toBe(most + 90);
    },
  );

  it('are kept for fourteen days', async () => {
    const record = refusal();
    await recordRefusals(table.store, [record]);
    time.now += 14 * 24 * 60 * 60 * 1000 - 1_000;
    expect(await readItem(table.store, refusalItemKey(record.requestId), RefusalItem)).toBeDefined();
    time.now += 1_000;
    expect(await readItem(table.store, refusalItemKey(record.requestId), RefusalItem)).toBeUndefined();
  });
});

describe('a table that does not take all of a batch', () => {
  const placesFor = (input: { ExpressionAttributeValues?: Record<string, unknown> }) => ({
    Attributes: { taken: input.ExpressionAttributeValues?.[':wanted'] },
  });
  const requests = ({ RequestItems }: BatchWriteCommandInput) => Object.values(RequestItems ?? {})[0] ?? [];

  it('gets the rest again, until it has all', async () => {
    const { store } = table;
    const mock = mockClient(store.client);
    mock.on(UpdateCommand).callsFake(placesFor);
    const taken: unknown[] = [];
    let batches = 0;
    mock.on(BatchWriteCommand).callsFake((input: BatchWriteCommandInput) => {
      const sent = requests(input);
      batches += 1;
      expect(sent.length).toBeLessThanOrEqual(25);
      const accepted = batches === 1 ? 0 : Math.ceil(sent.length / 2);
      taken.push(...sent.slice(0, accepted));
      return { UnprocessedItems: { [store.tableName]: sent.slice(accepted) } };
    });
    const records = Array.from({ length: 60 }, () => refusal());
    await recordRefusals(store, records);
    mock.restore();
    const ids = taken.map((request) => JSON.stringify(request));
    expect(new Set(ids).size).toBe(60);
    expect(ids).toHaveLength(60);
  });

  it('and never does makes it fail, for the invocation to be tried again', async () => {
    const mock = mockClient(table.store.client);
    mock.on(UpdateCommand).callsFake(placesFor);
    mock.on(BatchWriteCommand).callsFake((input: BatchWriteCommandInput) => ({
      UnprocessedItems: input.RequestItems,
    }));
    await expect(recordRefusals(table.store, [refusal()])).rejects.toThrow(TableBusy);
    mock.restore();
  });
});
