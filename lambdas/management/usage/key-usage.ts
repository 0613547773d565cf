import type { KeyUsage } from '../../core/usage/key-usage.ts';
import { UsageItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { usageItemKey } from '../../platform/dynamodb/keys.ts';
import { readItems } from '../../platform/dynamodb/read-items.ts';
import type { TableAccess } from '../frame/management.ts';

/** The usage of keys by their id; a key that was never used is not in it. */
export type UsageByKey = ReadonlyMap<string, KeyUsage>;

/** When each of `keys` was last used, as far as the access log has arrived. */
export async function readUsage(
  { store }: TableAccess,
  keys: readonly Pick<KeyItem, 'keyUUID'>[],
): Promise<UsageByKey> {
  const found = await readItems(
    store,
    keys.map(({ keyUUID }) => usageItemKey(keyUUID)),
    UsageItem,
  );
  return new Map(found.map((usage) => [usage.keyUUID, usage]));
}
