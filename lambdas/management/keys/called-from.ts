import type { KeyFilter } from '../../core/keys/key-filter.ts';
import { dayOf } from '../../core/general/utc.ts';
import { CallAddressItem, type ListedKeyItem } from '../../platform/dynamodb/items.ts';
import { callAddressItemKey } from '../../platform/dynamodb/keys.ts';
import { readItems } from '../../platform/dynamodb/read-items.ts';
import type { Found } from '../../platform/dynamodb/query.ts';
import type { TableAccess } from '../frame/management.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** As long as addresses are kept. */
const MOST_DAYS = 35;
const DEFAULT_DAYS = 7;

/**
 * Leaves those keys that calls came with from the address that the filter names, since the day that it names: a week ago,
 * if it names none. Looks each key, day and address up by itself, so that a key that is called from everywhere costs no
 * more than another.
 */
export async function calledFromAddress(
  { store }: TableAccess,
  keys: readonly Found<ListedKeyItem>[],
  { calledFrom: address, calledSince }: KeyFilter,
  now: number,
): Promise<readonly Found<ListedKeyItem>[]> {
  if (address === undefined) return keys;
  const since = calledSince ?? now - DEFAULT_DAYS * DAY_MILLISECONDS;
  const days = daysSince(since, now);
  const places = keys.flatMap(({ item: { keyUUID } }) =>
    days.map((day) => ({ keyUUID, key: callAddressItemKey(keyUUID, day, address) })),
  );
  const found = await readItems(
    store,
    places.map(({ key }) => key),
    CallAddressItem.extend({ pk: CallAddressItem.shape.address }),
  );
  const partitions = new Set(found.map(({ pk }) => pk));
  const called = new Set(places.filter(({ key }) => partitions.has(key.pk)).map(({ keyUUID }) => keyUUID));
  return keys.filter(({ item }) => called.has(item.keyUUID));
}

/** Days in UTC, today first. */
function daysSince(since: number, now: number): readonly string[] {
  const days: string[] = [];
  for (
    let at = now;
    days.length < MOST_DAYS && dayOf(at) >= dayOf(Math.min(since, now));
    at -= DAY_MILLISECONDS
  ) {
    days.push(dayOf(at));
  }
  return days;
}
