import type { KeyUsage } from '../../core/usage/key-usage.ts';
import { UsageItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { usageItemKey } from '../../platform/dynamodb/keys.ts';
import type { Reads } from '../frame/snapshot.ts';

/** The usage of keys by their id; a key that was never used is not in it. */
export type UsageByKey = ReadonlyMap<string, KeyUsage>;

/** When each of `keys` was last used, as far as the access log has arrived. */
export async function readUsage(
  { loosely }: Reads,
  keys: readonly Pick<KeyItem, 'keyUUID'>[],
): Promise<UsageByKey> {
  const found = await loosely.items(
    keys.map(({ keyUUID }) => usageItemKey(keyUUID)),
    UsageItem,
  );
  return new Map(found.map((usage) => [usage.keyUUID, usage]));
}
