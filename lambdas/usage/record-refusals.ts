import { toEpochSeconds } from '../platform/clock.ts';
import type { RefusalItem } from '../platform/dynamodb/items.ts';
import { listedByTime, LISTINGS, refusalKey, TTL_ATTRIBUTE } from '../platform/dynamodb/keys.ts';
import { overwriteEach } from '../platform/dynamodb/overwrite-each.ts';
import type { Store } from '../platform/dynamodb/store.ts';

const RECORDS_ARE_KEPT_SECONDS = 14 * 24 * 60 * 60;

/**
 * Writes the record of each refused call, for those who ask why. Its key is the id of the request, so that writing it
 * again changes nothing.
 * @throws TableBusy
 */
export async function recordRefusals(store: Store, refusals: readonly RefusalItem[]): Promise<void> {
  const byRequest = new Map(refusals.map((refusal) => [refusal.requestId, refusal]));
  await overwriteEach(
    store,
    [...byRequest.values()].map((refusal) => ({
      ...refusalKey(refusal.requestId),
      ...refusal,
      ...(refusal.keyUUID !== undefined &&
        listedByTime(LISTINGS.refusalsOf(refusal.keyUUID), refusal.at, refusal.requestId)),
      [TTL_ATTRIBUTE]: toEpochSeconds(refusal.at) + RECORDS_ARE_KEPT_SECONDS,
    })),
  );
}
