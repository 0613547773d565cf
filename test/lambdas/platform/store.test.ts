import { BatchGetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readItem, readItems } from '../../../lambdas/platform/dynamodb/read-items.ts';
import { readListing, readListingPage } from '../../../lambdas/platform/dynamodb/listings.ts';
import { readPartition } from '../../../lambdas/platform/dynamodb/partitions.ts';
import { writeAll } from '../../../lambdas/platform/dynamodb/write-all.ts';
import { WriteConflict } from '../../../lambdas/platform/dynamodb/write-errors.ts';
import { create, remove, replace, setAttributes } from '../../../lambdas/platform/dynamodb/writes.ts';
import { openTestTable, type TestTable } from '../../support/test-table.ts';

let table: TestTable;
let mock: ReturnType<typeof mockClient> | undefined;
const time = { now: 1_800_000_000_000 };

beforeAll(async () => {
  table = await openTestTable(() => time.now);
});

afterEach(() => mock?.restore());
afterAll(() => table.close());

const Item = z.object({ sk: z.string(), number: z.number() });
const key = (pk: string, number: number) => ({ pk, sk: `ITEM#${String(number).padStart(4, '0')}` });

/** Fills a partition with items of `bytes` each. */
async function fill(
  pk: string,
  count: number,
  more: Record<string, unknown> = {},
  bytes = 10,
): Promise<void> {
  const { client, tableName } = table.store;
  const filler = 'x'.repeat(bytes);
  for (let number = 0; number < count; number += 1) {
    const item = { ...key(pk, number), number, filler, ...more };
    await client.send(new PutCommand({ TableName: tableName, Item: item }));
  }
}

const numbers = (items: readonly { readonly number: number }[]) => items.map(({ number }) => number);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

describe('reading many items', () => {
  it('of a partition goes on past the megabyte that one query returns', async () => {
    await fill('BIG', 12, {}, 300_000);
    const one = await table.store.client.send(
      new QueryCommand({
        TableName: table.store.tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'BIG' },
      }),
    );
    expect(one.Items?.length).toBeLessThan(12);
    const found = await readPartition(table.store, { pk: 'BIG', prefix: 'ITEM#' }, Item);
    expect(numbers(found)).toEqual(upTo(12));
  });

  it('of a listing goes on past a megabyte, whole or in parts, newest first', async () => {
    for (let number = 0; number < 12; number += 1) {
      const item = { ...key(`LISTED#${number}`, 0), number, filler: 'x'.repeat(300_000) };
      const listed = { listing: 'BIG', listingOrder: String(number).padStart(4, '0') };
      await table.store.client.send(
        new PutCommand({ TableName: table.store.tableName, Item: { ...item, ...listed } }),
      );
    }
    expect(numbers(await readListing(table.store, 'BIG', Item))).toEqual(upTo(12));
    const page = await readListingPage(table.store, 'BIG', { offset: 3, limit: 6 }, Item);
    expect([numbers(page.items), page.hasMore]).toEqual([[8, 7, 6, 5, 4, 3], true]);
    const last = await readListingPage(table.store, 'BIG', { offset: 9, limit: 3 }, Item);
    expect([numbers(last.items), last.hasMore]).toEqual([[2, 1, 0], false]);
    const past = await readListingPage(table.store, 'BIG', { offset: 12, limit: 3 }, Item);
    expect([past.items, past.hasMore]).toEqual([[], false]);
  });

  it('by key goes on past the hundred keys that one call takes, and leaves out what does not exist', async () => {
    await fill('MANY', 120);
    const keys = upTo(130).map((number) => key('MANY', number));
    const found = await readItems(table.store, keys, Item);
    expect(numbers(found).sort((one, other) => one - other)).toEqual(upTo(120));
    expect(await readItems(table.store, [], Item)).toEqual([]);
  });

  it('by key asks again for what DynamoDB left unprocessed', async () => {
    const { client, tableName } = table.store;
    mock = mockClient(client);
    const answer = (number: number) => ({ ...key('LEFT', number), number });
    mock
      .on(BatchGetCommand)
      .resolvesOnce({
        Responses: { [tableName]: [answer(0)] },
        UnprocessedKeys: { [tableName]: { Keys: [key('LEFT', 1), key('LEFT', 2)] } },
      })
      .resolvesOnce({
        Responses: { [tableName]: [] },
        UnprocessedKeys: { [tableName]: { Keys: [key('LEFT', 1), key('LEFT', 2)] } },
      })
      .resolves({ Responses: { [tableName]: [answer(1), answer(2)] }, UnprocessedKeys: {} });
    const found = await readItems(
      table.store,
      upTo(3).map((number) => key('LEFT', number)),
      Item,
    );
    expect(numbers(found)).toEqual([0, 1, 2]);
    const asked = mock
      .commandCalls(BatchGetCommand)
      .map(({ args: [{ input }] }) => input.RequestItems?.[tableName]);
    expect(asked.map((request) => request?.Keys?.length)).toEqual([3, 2, 2]);
    expect(asked.map((request) => request?.ConsistentRead)).toEqual([true, true, true]);
  });
});

describe('an item past its time to live', () => {
  it('counts as absent from the very second, deleted or not, however it is read', async () => {
    const ttl = time.now / 1000 + 10;
    await fill('ENDED', 1, { ttl, listing: 'ENDED', listingOrder: 'a' });
    const readings = async () => [
      (await readItem(table.store, key('ENDED', 0), Item)) === undefined ? 0 : 1,
      (await readItems(table.store, [key('ENDED', 0)], Item)).length,
      (await readPartition(table.store, { pk: 'ENDED', prefix: 'ITEM#' }, Item)).length,
      (await readListing(table.store, 'ENDED', Item)).length,
      (await readListingPage(table.store, 'ENDED', { offset: 0, limit: 1 }, Item)).items.length,
    ];
    time.now += 9_999;
    expect(await readings()).toEqual([1, 1, 1, 1, 1]);
    time.now += 1;
    expect(await readings()).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('an item that this version did not write', () => {
  it('is an error, and never a half-read item', async () => {
    await fill('STRANGE', 1, { number: 'seven' });
    await expect(readItem(table.store, key('STRANGE', 0), Item)).rejects.toThrow('number');
    await expect(readPartition(table.store, { pk: 'STRANGE', prefix: '' }, Item)).rejects.toThrow('number');
  });
});

describe('a transaction on the table', () => {
  const at = (number: number) => key('WRITTEN', number);
  const exists = async (number: number) =>
    (await readItem(table.store, at(number), z.unknown())) !== undefined;

  it('with one condition that does not hold writes nothing, and is a conflict', async () => {
    await writeAll(table.store, [create(at(1), { number: 1, version: 1 })]);
    const stale = { version: 0 };
    const failing = [
      create(at(1), { number: 1 }),
      replace(at(1), stale, { number: 2 }),
      remove(at(1), stale),
      setAttributes(at(9), { number: 2 }),
    ];
    for (const write of failing) {
      await expect(writeAll(table.store, [create(at(2), {}), write])).rejects.toThrow(WriteConflict);
      expect(await exists(2)).toBe(false);
    }
    await writeAll(table.store, [create(at(2), {}), replace(at(1), { version: 1 }, { number: 2 })]);
    expect(await exists(2)).toBe(true);
    const Versioned = z.object({ number: z.number(), version: z.number() });
    expect(await readItem(table.store, at(1), Versioned)).toEqual({ number: 2, version: 2 });
  });

  it('sets and removes attributes, whatever their names', async () => {
    await writeAll(table.store, [create(at(3), { name: 'a', status: 'b', size: 1, kept: true })]);
    await writeAll(table.store, [setAttributes(at(3), { name: undefined, status: 'c', size: 2 })]);
    expect(await readItem(table.store, at(3), z.unknown())).toEqual({
      ...at(3),
      status: 'c',
      size: 2,
      kept: true,
    });
  });
});
