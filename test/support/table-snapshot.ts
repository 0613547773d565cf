import { isDeepStrictEqual } from 'node:util';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
import { readTable, type StoredItem } from './table-contents.ts';

const MOST_AT_ONCE = 25;

/** Brings the table back to what it was when `snapshot` was read from it. */
export async function restoreTable(
  { client, tableName, ...store }: Store,
  snapshot: readonly StoredItem[],
): Promise<void> {
  const current = await readTable({ client, tableName, ...store });
  const keyOf = ({ pk, sk }: StoredItem) => `${pk}\n${sk}`;
  const [wanted, found] = [snapshot, current].map(
    (items) => new Map(items.map((item) => [keyOf(item), item])),
  );
  const requests = [
    ...current
      .filter((item) => wanted?.has(keyOf(item)) === false)
      .map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
    ...snapshot
      .filter((item) => !isDeepStrictEqual(found?.get(keyOf(item)), item))
      .map((item) => ({ PutRequest: { Item: item } })),
  ];
  for (let sent = 0; sent < requests.length; sent += MOST_AT_ONCE) {
    const part = requests.slice(sent, sent + MOST_AT_ONCE);
    await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: part } }));
  }
}
