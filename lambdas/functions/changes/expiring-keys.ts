import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { dayOf } from '../../core/general/utc.ts';
import { scopeOf } from '../../management/keys/key-items.ts';
import { ExpiringKeyItem, KeyItem, ReminderItem } from '../../platform/dynamodb/items.ts';
import { keyItemKey, LISTING_INDEX, LISTINGS, reminderItemKey } from '../../platform/dynamodb/keys.ts';
import { readItems } from '../../platform/dynamodb/read-items.ts';
import type { Store } from '../../platform/dynamodb/store.ts';

/** A key that expires, and what was said of that before. */
export interface ExpiringKey {
  readonly key: KeyItem & { readonly expiresAt: number };
  readonly reminder: ReminderItem | undefined;
}

const KEYS_A_PAGE = 100;
const Page = z.array(ExpiringKeyItem);

/**
 * The keys that expire on a day (UTC, as `2026-01-31`), some at a time, without those that are revoked. The index only
 * says where to look: key and reminder are read strongly, and a key whose expiry has moved is left out.
 */
export async function* expiringKeys(store: Store, day: string): AsyncGenerator<readonly ExpiringKey[]> {
  let start: Record<string, unknown> | undefined;
  do {
    const page = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        IndexName: LISTING_INDEX,
        KeyConditionExpression: 'listing = :listing',
        ExpressionAttributeValues: { ':listing': LISTINGS.expiringOn(day) },
        Limit: KEYS_A_PAGE,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      }),
    );
    yield await readExpiring(store, Page.parse(page.Items ?? []), day);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

async function readExpiring(
  store: Store,
  references: z.infer<typeof Page>,
  day: string,
): Promise<readonly ExpiringKey[]> {
  const [keys, reminders] = await Promise.all([
    readItems(
      store,
      references.map((reference) => keyItemKey(reference.owner, scopeOf(reference), reference.keyUUID)),
      KeyItem,
    ),
    readItems(
      store,
      references.map(({ keyUUID }) => reminderItemKey(keyUUID)),
      ReminderItem,
    ),
  ]);
  const reminded = new Map(reminders.map((reminder) => [reminder.keyUUID, reminder]));
  return keys.flatMap((key) => {
    const { expiresAt, keyUUID, status } = key;
    if (expiresAt === undefined || status === 'REVOKED' || dayOf(expiresAt * 1000) !== day) return [];
    return [{ key: { ...key, expiresAt }, reminder: reminded.get(keyUUID) }];
  });
}
