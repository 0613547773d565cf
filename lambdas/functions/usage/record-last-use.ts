import { z } from 'zod';
import type { LoggedCall } from '../../contract/access-line.ts';
import { mergeUsage, type KeyUsage } from '../../core/usage/key-usage.ts';
import { KeyReferenceItem, UsageItem } from '../../platform/dynamodb/items.ts';
import { keyReferenceItemKey, TTL_ATTRIBUTE, usageItemKey } from '../../platform/dynamodb/keys.ts';
import { readItems } from '../../platform/dynamodb/read-items.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { raiseUsage } from './raise-usage.ts';

const KEYS_AT_ONCE = 25;

const ExistingKey = KeyReferenceItem.extend({
  keyUUID: z.string(),
  [TTL_ATTRIBUTE]: z.number().exactOptional(),
});

/**
 * Notes down when the keys of calls were last used. What is noted never goes back. Keys that do not exist are passed
 * over.
 * @throws Error when the table did not take it all.
 */
export async function recordLastUse(store: Store, calls: readonly LoggedCall[]): Promise<void> {
  const used = [...lastUseOf(calls)];
  for (let start = 0; start < used.length; start += KEYS_AT_ONCE) {
    await recordKeys(store, used.slice(start, start + KEYS_AT_ONCE));
  }
}

/** By the key's id. */
function lastUseOf(calls: readonly LoggedCall[]): ReadonlyMap<string, KeyUsage> {
  const usage = new Map<string, KeyUsage>();
  for (const { at, key } of calls) {
    if (key === undefined) continue;
    const seen = { lastUsed: at, values: { [key.valueIssuedOn]: at } };
    const before = usage.get(key.keyUUID);
    usage.set(key.keyUUID, before === undefined ? seen : mergeUsage(before, seen));
  }
  return usage;
}

async function recordKeys(store: Store, used: readonly (readonly [string, KeyUsage])[]): Promise<void> {
  const ids = used.map(([keyUUID]) => keyUUID);
  const [references, stored] = await Promise.all([
    readItems(store, ids.map(keyReferenceItemKey), ExistingKey),
    readItems(store, ids.map(usageItemKey), UsageItem),
  ]);
  const keys = new Map(references.map((reference) => [reference.keyUUID, reference]));
  const known = new Map(stored.map((item) => [item.keyUUID, item]));
  await Promise.all(
    used.map(async ([keyUUID, seen]) => {
      const key = keys.get(keyUUID);
      if (key !== undefined) await raiseUsage(store, key, known.get(keyUUID), seen);
    }),
  );
}
