import { dayOf } from '../../core/general/utc.ts';
import { reachOfKey, type Reach } from '../../management/gateway-cache/reach-of-change.ts';
import { EndingValueItem } from '../../platform/dynamodb/items.ts';
import { LISTINGS, timeOfListing } from '../../platform/dynamodb/keys.ts';
import { readListingSpan } from '../../platform/dynamodb/listings.ts';
import type { Store } from '../../platform/dynamodb/store.ts';

/** The end of a value, by expiry or of its grace period. */
export interface Ending {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reach: Reach;
}

/**
 * The values that end from `from` on and before `to` (milliseconds since the epoch, less than a day apart). An index
 * tells: it may lag behind, and know an end that was put off.
 */
export async function findEndings(
  store: Store,
  span: { readonly from: number; readonly to: number },
): Promise<readonly Ending[]> {
  const days = new Set([span.from, span.to].map(dayOf));
  const lists = [...days].flatMap((day) => [LISTINGS.expiringOn(day), LISTINGS.graceEndingOn(day)]);
  const found = await Promise.all(
    lists.map((listing) => readListingSpan(store, listing, span, EndingValueItem)),
  );
  return found.flat().flatMap(({ listingOrder, applicationId, boundApplicationId, ...value }) => {
    // A credential of an application's own key names that as the application, and no API.
    const bound = boundApplicationId ?? applicationId;
    const reach = reachOfKey({ ...value, ...(bound !== undefined && { boundApplicationId: bound }) });
    return reach === undefined ? [] : [{ at: timeOfListing(listingOrder), reach }];
  });
}
