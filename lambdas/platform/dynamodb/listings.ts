import type { z } from 'zod';
import { LISTING_INDEX, listingSpan } from './keys.ts';
import { queryAll, walkThrough, type Walk } from './query.ts';
import type { Store } from './store.ts';

/** Reads all items of one listing in its order. Eventually consistent: an index cannot be read otherwise. */
export async function readListing<T>(store: Store, listing: string, schema: z.ZodType<T>): Promise<T[]> {
  return queryAll(store, schema, {
    IndexName: LISTING_INDEX,
    KeyConditionExpression: 'listing = :listing',
    ExpressionAttributeValues: { ':listing': listing },
  });
}

/** Reads the items of a listing by time from `from` on and before `to` (milliseconds since the epoch), in its order. */
export async function readListingSpan<T>(
  store: Store,
  listing: string,
  { from, to }: { readonly from: number; readonly to: number },
  schema: z.ZodType<T>,
): Promise<T[]> {
  const { first, last } = listingSpan(from, to);
  return queryAll(store, schema, {
    IndexName: LISTING_INDEX,
    KeyConditionExpression: 'listing = :listing AND listingOrder BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':listing': listing, ':first': first, ':last': last },
  });
}

/** A part of a listing. */
export interface ListingPage {
  readonly offset: number;
  readonly limit: number;
}

/** Reads a part of one listing, newest first: no more than the part and what lies before it. */
export async function readListingPage<T>(
  store: Store,
  listing: string,
  { offset, limit }: ListingPage,
  schema: z.ZodType<T>,
): Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }> {
  const found = await queryAll(
    store,
    schema,
    {
      IndexName: LISTING_INDEX,
      KeyConditionExpression: 'listing = :listing',
      ExpressionAttributeValues: { ':listing': listing },
      ScanIndexForward: false,
    },
    offset + limit + 1,
  );
  return { items: found.slice(offset, offset + limit), hasMore: found.length > offset + limit };
}

/** Walks through a listing from its end, newest first. */
export function walkListing<T>(store: Store, listing: string, walk: Walk<T>) {
  const { behind } = walk;
  return walkThrough(store, walk, 'listingOrder', {
    IndexName: LISTING_INDEX,
    KeyConditionExpression:
      behind === undefined ? 'listing = :listing' : 'listing = :listing AND listingOrder < :behind',
    ExpressionAttributeValues: { ':listing': listing, ...(behind !== undefined && { ':behind': behind }) },
    ScanIndexForward: false,
  });
}
