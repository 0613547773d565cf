import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { LISTING_INDEX, TTL_ATTRIBUTE } from './keys.ts';
import { hasEnded, type Store } from './store.ts';

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

/** Walks through a listing from its end, newest first, a page at a time; no page is held once the next one is asked for. */
export function walkListing<T>(store: Store, listing: string, walk: Walk<T>) {
  const { behind } = walk;
  return pages(store, walk, 'listingOrder', {
    IndexName: LISTING_INDEX,
    KeyConditionExpression:
      behind === undefined ? 'listing = :listing' : 'listing = :listing AND listingOrder < :behind',
    ExpressionAttributeValues: { ':listing': listing, ...(behind !== undefined && { ':behind': behind }) },
    ScanIndexForward: false,
  });
}

/** Walks through a partition from its end, strongly consistent. */
export function walkPartitionDown<T>(store: Store, pk: string, walk: Walk<T>) {
  const { behind } = walk;
  return pages(store, walk, 'sk', {
    KeyConditionExpression: behind === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :behind',
    ExpressionAttributeValues: { ':pk': pk, ...(behind !== undefined && { ':behind': behind }) },
    ScanIndexForward: false,
    ConsistentRead: true,
  });
}

/** Walks through the items of a partition whose sort keys begin with `prefix`, in their order, strongly consistent. */
export function walkPartition<T>(
  store: Store,
  { pk, prefix }: { readonly pk: string; readonly prefix: string },
  walk: Walk<T>,
) {
  return pages(store, walk, 'sk', {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
    ConsistentRead: true,
    ...(walk.behind !== undefined && { ExclusiveStartKey: { pk, sk: walk.behind } }),
  });
}

async function* pages<T>(
  store: Store,
  { schema, attributes, pageSize }: Walk<T>,
  order: 'sk' | 'listingOrder',
  query: Omit<QueryCommandInput, 'TableName'>,
): AsyncGenerator<readonly Found<T>[]> {
  const Placed = z.looseObject({ [order]: z.string() });
  let start = query.ExclusiveStartKey;
  do {
    const { Items: items = [], LastEvaluatedKey: next } = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        ...query,
        ...(attributes !== undefined && projectionOf([...attributes, order, TTL_ATTRIBUTE])),
        Limit: pageSize,
        ExclusiveStartKey: start,
      }),
    );
    yield items
      .filter((item) => !hasEnded(store, item))
      .map((item) => ({ position: z.string().parse(Placed.parse(item)[order]), item: schema.parse(item) }));
    start = next;
  } while (start !== undefined);
}

/** By substitutes: `status` and `owner` are reserved words. */
function projectionOf(names: readonly string[]) {
  const distinct = [...new Set(names)];
  return {
    ProjectionExpression: distinct.map((_, index) => `#p${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(distinct.map((name, index) => [`#p${index}`, name])),
  };
}
