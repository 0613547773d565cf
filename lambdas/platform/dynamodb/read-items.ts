import { setTimeout as delay } from 'node:timers/promises';
import { BatchGetCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import { toEpochSeconds } from '../clock.ts';
import { TTL_ATTRIBUTE, type ItemKey } from './keys.ts';
import type { Store } from './store.ts';

const MAX_BATCH_GET_KEYS = 100;
const UNPROCESSED_PAUSE_MILLISECONDS = 50;

/** Reads one item, strongly consistent. An item past its TTL counts as absent, deleted or not. */
export async function readItem<T>(store: Store, key: ItemKey, schema: z.ZodType<T>): Promise<T | undefined> {
  const { Item: item } = await store.client.send(
    new GetCommand({ TableName: store.tableName, Key: key, ConsistentRead: true }),
  );
  return item === undefined || hasEnded(store, item) ? undefined : schema.parse(item);
}

/** Reads the items that exist of `keys`, strongly consistent, in no order; `attributes`: no more of them than these. */
export async function readItems<T>(
  store: Store,
  keys: readonly ItemKey[],
  schema: z.ZodType<T>,
  attributes?: readonly string[],
): Promise<T[]> {
  const found: T[] = [];
  let open: Record<string, unknown>[] = keys.map((key) => ({ ...key }));
  while (open.length > 0) {
    const { Responses: responses, UnprocessedKeys: unprocessed } = await store.client.send(
      new BatchGetCommand({
        RequestItems: {
          [store.tableName]: {
            Keys: open.slice(0, MAX_BATCH_GET_KEYS),
            ConsistentRead: true,
            ...(attributes !== undefined && projectionOf(attributes)),
          },
        },
      }),
    );
    const items = responses?.[store.tableName] ?? [];
    found.push(...items.filter((item) => !hasEnded(store, item)).map((item) => schema.parse(item)));
    const again = unprocessed?.[store.tableName]?.Keys ?? [];
    if (again.length > 0) await delay(UNPROCESSED_PAUSE_MILLISECONDS);
    open = [...again, ...open.slice(MAX_BATCH_GET_KEYS)];
  }
  return found;
}

/** What a read names of each item. By substitutes: `status` and `owner` are reserved words. */
export function projectionOf(attributes: readonly string[]) {
  const names = [...new Set(attributes)];
  return {
    ProjectionExpression: names.map((_, place) => `#p${place}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, place) => [`#p${place}`, name])),
  };
}

/** Whether the TTL of `item` is over: it counts as absent, deleted or not. */
export function hasEnded({ clock }: Store, item: Record<string, unknown>): boolean {
  const ttl = item[TTL_ATTRIBUTE];
  return typeof ttl === 'number' && ttl <= toEpochSeconds(clock());
}
