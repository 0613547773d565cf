import type { Clock } from '../clock.ts';
import type { Found } from './query.ts';

/** Some of what is looked through, and behind which place the rest lies. */
export interface Looked<T> {
  readonly found: readonly Found<T>[];
  readonly end: string;
}

/** How much one answer is to hold. */
export interface PageBounds {
  /** Most items, and about how many bytes they can have as JSON. */
  readonly limit: number;
  readonly bytes?: number;
  /** How many of those that fit are to be left out first. */
  readonly skip: number;
  /** When to stop looking, in milliseconds since the epoch. */
  readonly until: number;
}

export interface CollectedPage<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent: all was looked through. `skip`: how many are still to be left out. */
  readonly next?: { readonly position: string; readonly skip: number };
}

/** Collects what fits, until the page is full, the time is over or all was looked through. */
export async function collectPage<T>(
  looked: AsyncIterable<Looked<T>>,
  fits: (item: T) => boolean,
  { limit, bytes: most = Infinity, skip: toSkip, until }: PageBounds,
  clock: Clock,
): Promise<CollectedPage<T>> {
  const items: T[] = [];
  let [skip, bytes, last] = [toSkip, 0, ''];
  for await (const { found, end } of looked) {
    for (const { item, position } of found) {
      if (!fits(item)) continue;
      if (skip > 0) {
        skip -= 1;
        continue;
      }
      const size = Buffer.byteLength(JSON.stringify(item));
      if (items.length === limit || (items.length > 0 && bytes + size > most)) {
        return { items, next: { position: last, skip } };
      }
      items.push(item);
      bytes += size;
      last = position;
    }
    if (clock() >= until) return { items, next: { position: end, skip } };
  }
  return { items };
}
