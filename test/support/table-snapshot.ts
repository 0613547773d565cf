import { isDeepStrictEqual } from 'node:util';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
import { readTable, type StoredItem } from './table-contents.ts';

const MOST_AT_ONCE = 25;

/**
 * Brings the table back to what it was when `snapshot` was read from it.
 * @param current what it holds now, if that has been read.
 */
export async function restoreTable(
  store: Store,
  snapshot: readonly StoredItem[],
  current?: readonly StoredItem[],
): Promise<void> {
  const { client, tableName } = store;
  const found = current ?? (await readTable(store));
  const keyOf = ({ pk, sk }: StoredItem) => `${pk}\n${sk}`;
  const [wanted, there] = [snapshot, found].map((items) => new Map(items.map((item) => [keyOf(item), item])));
  const requests = [
    ...found
      .filter((item) => wanted?.has(keyOf(item)) === false)
      .map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
    ...snapshot
      .filter((item) => !isDeepStrictEqual(there?.get(keyOf(item)), item))
      .map((item) => ({ PutRequest: { Item: item } })),
  ];
  for (let sent = 0; sent < requests.length; sent += MOST_AT_ONCE) {
    const part = requests.slice(sent, sent + MOST_AT_ONCE);
    await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: part } }));
  }
}
