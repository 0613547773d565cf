import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { TTL_ATTRIBUTE } from './keys.ts';
import { hasEnded, projectionOf } from './read-items.ts';
import type { Store } from './store.ts';

const MAX_PAGE_ITEMS = 1_000;

type Query = Omit<QueryCommandInput, 'TableName'>;

/** Reads what a query finds, in its order: all of it, or the first `most` items. */
export async function queryAll<T>(
  store: Store,
  schema: z.ZodType<T>,
  query: Query,
  most = Infinity,
): Promise<T[]> {
  const found: T[] = [];
  const limit = most === Infinity ? {} : { Limit: Math.min(most, MAX_PAGE_ITEMS) };
  for await (const items of pages(store, { ...query, ...limit })) {
    found.push(...items.map((item) => schema.parse(item)));
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}

/** An item and its place in the order that is walked through: from there a later request can go on. */
export interface Found<T> {
  readonly position: string;
  readonly item: T;
}

export interface Walk<T> {
  readonly schema: z.ZodType<T>;
  /** Names of what is read of each item; absent: all of it. */
  readonly attributes?: readonly string[];
  /** Where the walk begins: behind this place. Absent: at the beginning. */
  readonly behind?: string;
  /** Most items of one page. DynamoDB also ends a page after 1 MB of items. */
  readonly pageSize: number;
}

/**
 * Walks through what a query finds, a page at a time; no page is held once the next one is asked for.
 * @param order the attribute by which the query sorts.
 */
export async function* walkThrough<T>(
  store: Store,
  { schema, attributes, pageSize }: Walk<T>,
  order: 'sk' | 'listingOrder',
  query: Query,
): AsyncGenerator<readonly Found<T>[]> {
  const Placed = z.looseObject({ [order]: z.string() });
  const projection = attributes === undefined ? {} : projectionOf([...attributes, order, TTL_ATTRIBUTE]);
  for await (const items of pages(store, { ...query, ...projection, Limit: pageSize })) {
    yield items.map((item) => ({
      position: z.string().parse(Placed.parse(item)[order]),
      item: schema.parse(item),
    }));
  }
}

async function* pages(store: Store, query: Query): AsyncGenerator<readonly Record<string, unknown>[]> {
  let start = query.ExclusiveStartKey;
  do {
    const { Items: items = [], LastEvaluatedKey: next } = await store.client.send(
      new QueryCommand({ TableName: store.tableName, ...query, ExclusiveStartKey: start }),
    );
    yield items.filter((item) => !hasEnded(store, item));
    start = next;
  } while (start !== undefined);
}
