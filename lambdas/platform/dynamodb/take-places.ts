import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { TTL_ATTRIBUTE, type ItemKey } from './keys.ts';
import type { Store } from './store.ts';

const Taken = z.object({ taken: z.number() });

/**
 * Takes up to `wanted` of the places that an item stands for, of which there are `most`, beside others that take some at
 * the same time. @returns how many it took. A try whose answer is lost takes places that nobody fills.
 */
export async function takePlaces(
  { client, tableName }: Store,
  key: ItemKey,
  { wanted, most, ttl }: { readonly wanted: number; readonly most: number; readonly ttl: number },
): Promise<number> {
  const { Attributes: after } = await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: key,
      UpdateExpression: 'ADD taken :wanted SET #ttl = :ttl',
      ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
      ExpressionAttributeValues: { ':wanted': wanted, ':ttl': ttl },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const before = Taken.parse(after).taken - wanted;
  return Math.max(0, Math.min(wanted, most - before));
}
