import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { includesUsage, mergeUsage, type KeyUsage } from '../../core/usage/key-usage.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { notLive } from '../../platform/dynamodb/conditional-updates.ts';
import { UsageItem } from '../../platform/dynamodb/items.ts';
import { TTL_ATTRIBUTE, usageItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { backOff } from '../../platform/pause.ts';

/** How long the usage of a key outlives the key: its expiry can be put off after the last call, and no call says so. */
const RETENTION_SECONDS = 365 * 24 * 60 * 60;

/** The key that was used; `ttl`: when it is gone, in seconds since the epoch, if ever. */
interface UsedKey {
  readonly keyUUID: string;
  readonly ttl?: number;
}

/** Each try that fails is another's success, and a call that both have seen needs no second. */
const ATTEMPTS = 10;
const LONGEST_PAUSE_MILLISECONDS = 400;

/**
 * Adds what was seen of a key to what is stored, on condition that it is still `known`; otherwise reads it again.
 * Writes nothing when there is nothing new.
 * @throws Error when others were faster each time: nothing was written, and the batch can be delivered again.
 */
export async function raiseUsage(
  store: Store,
  key: UsedKey,
  known: UsageItem | undefined,
  seen: KeyUsage,
): Promise<void> {
  let current = known;
  for (let tried = 1; ; tried += 1) {
    if (current !== undefined && includesUsage(current, seen)) return;
    try {
      await store.client.send(new PutCommand(putParams(store, key, current, seen)));
      return;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (tried === ATTEMPTS) {
        throw new Error(`the last use of the key ${key.keyUUID} changed faster than it could be written`, {
          cause: error,
        });
      }
    }
    await backOff(tried, LONGEST_PAUSE_MILLISECONDS);
    current = await readItem(store, usageItemKey(key.keyUUID), UsageItem);
  }
}

function putParams(store: Store, { keyUUID, ttl }: UsedKey, known: UsageItem | undefined, seen: KeyUsage) {
  const usage: UsageItem = {
    keyUUID,
    ...(known === undefined ? seen : mergeUsage(known, seen)),
    version: (known?.version ?? 0) + 1,
  };
  return {
    TableName: store.tableName,
    Item: {
      ...usageItemKey(keyUUID),
      ...usage,
      ...(ttl !== undefined && { [TTL_ATTRIBUTE]: ttl + RETENTION_SECONDS }),
    },
    ...(known === undefined
      ? notLive(toEpochSeconds(store.clock()))
      : {
          ConditionExpression: '#version = :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': known.version },
        }),
  };
}
