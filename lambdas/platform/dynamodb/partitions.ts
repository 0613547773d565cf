import type { z } from 'zod';
import { queryAll, walkThrough, type Walk } from './query.ts';
import type { Store } from './store.ts';

/** The items of a partition whose sort keys begin with `prefix`. */
export interface Partition {
  readonly pk: string;
  readonly prefix: string;
}

/** Reads all items of a partition whose sort key begins with `prefix`, strongly consistent, in its order. */
export async function readPartition<T>(
  store: Store,
  partition: Partition,
  schema: z.ZodType<T>,
): Promise<T[]> {
  return queryAll(store, schema, itemsOf(partition));
}

/** Walks through a partition in its order, strongly consistent. */
export function walkPartition<T>(store: Store, partition: Partition, walk: Walk<T>) {
  return walkThrough(store, walk, 'sk', {
    ...itemsOf(partition),
    ...(walk.behind !== undefined && { ExclusiveStartKey: { pk: partition.pk, sk: walk.behind } }),
  });
}

function itemsOf({ pk, prefix }: Partition) {
  return {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
    ConsistentRead: true,
  };
}

/** Walks through a partition from its end, strongly consistent. */
export function walkPartitionDown<T>(store: Store, pk: string, walk: Walk<T>) {
  const { behind } = walk;
  return walkThrough(store, walk, 'sk', {
    KeyConditionExpression: behind === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :behind',
    ExpressionAttributeValues: { ':pk': pk, ...(behind !== undefined && { ':behind': behind }) },
    ScanIndexForward: false,
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
