import { QueryCommand } from '@aws-sdk/lib-dynamodb';
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

/** Reads one page of a partition, newest sort key first; `next` starts the page after it. */
export async function readPartitionPage<T>(
  store: Store,
  pk: string,
  schema: z.ZodType<T>,
  start: Record<string, unknown> | undefined,
): Promise<{ readonly items: readonly T[]; readonly next: Record<string, unknown> | undefined }> {
  const page = await store.client.send(
    new QueryCommand({
      TableName: store.tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
      ScanIndexForward: false,
      ...(start !== undefined && { ExclusiveStartKey: start }),
    }),
  );
  return { items: (page.Items ?? []).map((item) => schema.parse(item)), next: page.LastEvaluatedKey };
}
