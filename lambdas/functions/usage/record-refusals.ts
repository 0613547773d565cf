import { groupBy } from '../../core/general/group-by.ts';
import { refusalCaps, refusalScope } from '../../core/refusals/refusal-caps.ts';
import { hourOf, startOfHour } from '../../core/general/utc.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { RefusalItem } from '../../platform/dynamodb/items.ts';
import {
  listedByTime,
  LISTINGS,
  refusalItemKey,
  refusalPlacesItemKey,
  TTL_ATTRIBUTE,
} from '../../platform/dynamodb/keys.ts';
import { overwriteEach } from '../../platform/dynamodb/overwrite-each.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { takePlaces } from '../../platform/dynamodb/take-places.ts';

const RECORDS_ARE_KEPT_SECONDS = 14 * 24 * 60 * 60;

/** Much longer than a line of the hour can come late; places that are forgotten are free again. */
const PLACES_ARE_KEPT_SECONDS = 3 * 24 * 60 * 60;

/**
 * Writes records of refused calls, for those who ask why: for each subject and hour the first that come, up to its cap.
 * The key of a record is the id of the request, so that writing it again changes nothing but the places that are left.
 * @throws TableBusy
 */
export async function recordRefusals(store: Store, refusals: readonly RefusalItem[]): Promise<void> {
  const byRequest = new Map(refusals.map((refusal) => [refusal.requestId, refusal]));
  const recorded = await withinCaps(store, [...byRequest.values()]);
  await overwriteEach(
    store,
    recorded.map((refusal) => ({
      ...refusalItemKey(refusal.requestId),
      ...refusal,
      ...(refusal.keyUUID !== undefined &&
        listedByTime(LISTINGS.refusalsOf(refusal.keyUUID), refusal.at, refusal.requestId)),
      [TTL_ATTRIBUTE]: toEpochSeconds(refusal.at) + RECORDS_ARE_KEPT_SECONDS,
    })),
  );
}

async function withinCaps(store: Store, refusals: readonly RefusalItem[]): Promise<readonly RefusalItem[]> {
  const groups = groupBy(refusals, (refusal) => `${refusalScope(refusal)} ${hourOf(refusal.at)}`);
  const recorded: RefusalItem[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const hour = hourOf(first.at);
    const free = await takePlaces(store, refusalPlacesItemKey(refusalScope(first), hour), {
      wanted: group.length,
      most: refusalCaps(first).items,
      ttl: startOfHour(hour) / 1_000 + PLACES_ARE_KEPT_SECONDS,
    });
    recorded.push(...group.slice(0, free));
  }
  return recorded;
}
