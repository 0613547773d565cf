import { setTimeout as delay } from 'node:timers/promises';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { ItemKey } from './keys.ts';
import type { Store } from './store.ts';
import { TableBusy } from './write-errors.ts';

const MAX_BATCH_WRITE_ITEMS = 25;
const UNPROCESSED_PAUSE_MILLISECONDS = 50;
const LONGEST_UNPROCESSED_PAUSE_MILLISECONDS = 2_000;
const UNPROCESSED_TRIES = 8;

/**
 * Writes items over what is there, each by itself and in no order. None of their keys may be the same.
 * @throws TableBusy when it took none eight times in a row.
 */
export async function overwriteEach(
  store: Store,
  items: readonly (ItemKey & Readonly<Record<string, unknown>>)[],
): Promise<void> {
  let open = items.map((item) => ({ PutRequest: { Item: item } }));
  for (let stuck = 0; open.length > 0;) {
    const sent = open.slice(0, MAX_BATCH_WRITE_ITEMS);
    const { UnprocessedItems: unprocessed } = await store.client.send(
      new BatchWriteCommand({ RequestItems: { [store.tableName]: sent } }),
    );
    const left = new Set(
      (unprocessed?.[store.tableName] ?? []).map(({ PutRequest: put }) => keyText(put?.Item ?? {})),
    );
    const again = sent.filter(({ PutRequest: put }) => left.has(keyText(put.Item)));
    stuck = again.length === sent.length ? stuck + 1 : 0;
    if (stuck === UNPROCESSED_TRIES) throw new TableBusy(undefined);
    open = [...again, ...open.slice(MAX_BATCH_WRITE_ITEMS)];
    if (again.length > 0) {
      const longest = UNPROCESSED_PAUSE_MILLISECONDS * 2 ** stuck;
      await delay(Math.random() * Math.min(longest, LONGEST_UNPROCESSED_PAUSE_MILLISECONDS));
    }
  }
}

function keyText({ pk, sk }: { readonly pk?: unknown; readonly sk?: unknown }): string {
  return JSON.stringify([pk, sk]);
}
