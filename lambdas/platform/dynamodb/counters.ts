import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { LimitWindow } from '../../core/limits/limit-window.ts';
import type { Limit } from '../../core/limits/limit.ts';
import { getItem, integer, type Item, type ItemReads } from './item-reading.ts';
import { counterItemKey, TTL_ATTRIBUTE } from './keys.ts';

/** How long a counter outlives its window: instances whose clocks are behind go on with it for a moment. */
const RETENTION_SECONDS = 3_600;

/** Calls leased in a window so far, strongly consistent. */
export async function readCounter(reads: ItemReads, limit: Limit, window: LimitWindow): Promise<number> {
  return usedOf(await getItem(reads, counterItemKey(limit.scope, limit.id, window.name)));
}

/**
 * Adds `count` to the calls leased in a window, unless more than `atMost` would be leased then. A try whose answer is
 * lost may be carried out twice by the SDK: then fewer calls are admitted than the limit allows, never more.
 * @returns whether they were added, and how many are leased now.
 */
export async function leaseFromCounter(
  { client, tableName }: ItemReads,
  limit: Limit,
  window: LimitWindow,
  count: number,
  atMost: number,
): Promise<{ readonly leased: boolean; readonly used: number }> {
  const { pk, sk } = counterItemKey(limit.scope, limit.id, window.name);
  const conditional = Number.isFinite(atMost);
  try {
    const { Attributes: after } = await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: 'ADD #used :count SET #ttl = :ttl',
        ExpressionAttributeNames: { '#used': 'used', '#ttl': TTL_ATTRIBUTE },
        ExpressionAttributeValues: {
          ':count': { N: String(count) },
          ':ttl': { N: String(window.endsAtEpochSeconds + RETENTION_SECONDS) },
          ...(conditional && { ':most': { N: String(atMost - count) } }),
        },
        ...(conditional && { ConditionExpression: 'attribute_not_exists(#used) OR #used <= :most' }),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { leased: true, used: usedOf(after) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { leased: false, used: usedOf(error.Item) };
  }
}

function usedOf(item: Item | undefined): number {
  return item === undefined ? 0 : integer(item, 'used');
}
