import { leaseSize, NO_DEMAND, withCall, type Demand } from '../core/lease.ts';
import type { LimitWindow } from '../core/limit-window.ts';
import { limitState, windowOf, type Limit, type LimitState } from '../core/limit.ts';
import { toEpochSeconds } from '../platform/clock.ts';
import { isWithin } from './remember.ts';

/** The counters that all instances share. */
export interface Counters {
  /** Calls leased so far in a window, by all instances. */
  readonly read: (limit: Limit, window: LimitWindow) => Promise<number>;
  /**
   * Leases `count` calls unless more than `atMost` would then be leased in the window.
   * @returns whether they were leased, and how many are leased now by all.
   */
  readonly lease: (
    limit: Limit,
    window: LimitWindow,
    count: number,
    atMost: number,
  ) => Promise<{ readonly leased: boolean; readonly used: number }>;
}

/** A call that a limit was asked for. */
export interface Taken {
  readonly admitted: boolean;
  readonly state: LimitState;
  /** Whether the limit is passed, whatever follows from that. */
  readonly exceeded: boolean;
  /** Gives the call back that was admitted here, because another limit refuses it. */
  readonly giveBack: () => void;
}

/** What an instance has leased of one counter. */
interface Book {
  readonly window: LimitWindow;
  /** Leased and not yet admitted. */
  tokens: number;
  /** Leased by all instances, when it was last heard. */
  used: number;
  demand: Demand;
}

/** Counters that one instance keeps in mind; past it, forgets all: leases are lost then, limits hold. */
const REMEMBERED_COUNTERS = 10_000;
/** Others may lease what was seen to be left; each time less is left. */
const LEASE_ATTEMPTS = 4;
/** After a failure no counter is asked for so long: calls need not wait for each to fail anew. */
const FAILURE_PAUSE_MILLISECONDS = 1_000;

/**
 * Takes calls out of limits that hold over all instances: an instance leases calls of the window from the shared counter,
 * some at once, and admits them without asking again. Never are more leased in a window than the limit admits.
 * @returns `takeCall`, which throws Error when a counter does not answer: nothing was taken.
 */
export function createLeases(counters: Counters): (limit: Limit, now: number) => Promise<Taken> {
  const books = new Map<string, Book>();
  let failure: { readonly at: number; readonly error: unknown } | undefined;

  const leaseUnlessFailing = async (limit: Limit, book: Book, now: number): Promise<void> => {
    if (failure !== undefined && isWithin(FAILURE_PAUSE_MILLISECONDS, now - failure.at)) throw failure.error;
    try {
      await lease(counters, limit, book, now);
      failure = undefined;
    } catch (error) {
      failure = { at: now, error };
      throw error;
    }
  };

  return async (limit, now) => {
    const book = openBook(books, limit, now);
    book.demand = withCall(book.demand, now);
    if (book.tokens === 0) await leaseUnlessFailing(limit, book, now);
    const admitted = book.tokens > 0;
    if (admitted) book.tokens -= 1;
    return {
      admitted,
      state: limitState(limit, book.window, book.used - book.tokens),
      exceeded: !admitted || book.used - book.tokens > limit.requestCount,
      giveBack: () => {
        book.tokens += 1;
      },
    };
  };
}

/** The book of a limit for the window of `now`. What was leased of another window is worth nothing. */
function openBook(books: Map<string, Book>, limit: Limit, now: number): Book {
  const name = `${limit.scope}#${limit.id}`;
  const window = windowOf(limit, toEpochSeconds(now));
  const before = books.get(name);
  if (before?.window.name === window.name) return before;
  if (before === undefined && books.size >= REMEMBERED_COUNTERS) books.clear();
  const book: Book = { window, tokens: 0, used: 0, demand: before?.demand ?? NO_DEMAND };
  books.set(name, book);
  return book;
}

async function lease(counters: Counters, limit: Limit, book: Book, now: number): Promise<void> {
  const { window } = book;
  const most = limit.stops ? limit.requestCount : Infinity;
  if (book.used >= most) return;
  const wanted = leaseSize(limit.requestCount, book.demand, window.endsAtEpochSeconds - now / 1000);
  // Who comes too late for a large lease finds that out by a read, which costs a fifth of a write.
  if (wanted > 1 && limit.stops) book.used = await counters.read(limit, window);
  for (let attempt = 0; attempt < LEASE_ATTEMPTS; attempt += 1) {
    const count = Math.min(wanted, most - book.used);
    if (count < 1) return;
    const { leased, used } = await counters.lease(limit, window, count, most);
    book.used = used;
    if (leased) {
      book.tokens += count;
      return;
    }
  }
}
