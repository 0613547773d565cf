import type { z } from 'zod';
import { queryAll } from './query-all.ts';
import type { Store } from './store.ts';

/** Reads all items of a partition whose sort key begins with `prefix`, strongly consistent, in its order. */
export async function readPartition<T>(
  store: Store,
  partition: { readonly pk: string; readonly prefix: string },
  schema: z.ZodType<T>,
): Promise<T[]> {
  return queryAll(store, schema, {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': partition.pk, ':prefix': partition.prefix },
    ConsistentRead: true,
  });
}

/** A part of a partition: the items whose sort keys lie between two, both included. */
export interface PartitionRange {
  readonly pk: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Reads items of a part of a partition, strongly consistent: with `newest`, no more than so many of the last, the last
 * first; otherwise all of them in their order.
 */
export async function readRange<T>(
  store: Store,
  { pk, from, to }: PartitionRange,
  schema: z.ZodType<T>,
  newest?: number,
): Promise<T[]> {
  return queryAll(
    store,
    schema,
    {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
      ConsistentRead: true,
      ...(newest !== undefined && { ScanIndexForward: false }),
    },
    newest,
  );
}
