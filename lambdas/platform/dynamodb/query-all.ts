import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import { hasEnded, type Store } from './store.ts';

const MAX_PAGE_ITEMS = 1_000;

/** Reads what a query finds, page by page, and no more than about `most` items. */
export async function queryAll<T>(
  store: Store,
  schema: z.ZodType<T>,
  query: Omit<QueryCommandInput, 'TableName'>,
  most = Infinity,
): Promise<T[]> {
  const found: T[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        ...query,
        ...(start !== undefined && { ExclusiveStartKey: start }),
        ...(most !== Infinity && { Limit: Math.min(most - found.length, MAX_PAGE_ITEMS) }),
      }),
    );
    const items = page.Items ?? [];
    found.push(...items.filter((item) => !hasEnded(store, item)).map((item) => schema.parse(item)));
    start = page.LastEvaluatedKey;
  } while (start !== undefined && found.length < most);
  return found;
}
