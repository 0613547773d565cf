import { leaseSize, NO_DEMAND, withCall, type Demand } from '../../core/limits/lease.ts';
import type { LimitWindow } from '../../core/limits/limit-window.ts';
import { limitState, windowOf, type Limit, type LimitState } from '../../core/limits/limit.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
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
  /** Whether an error of either says of one counter, and not of all, that it does not answer. */
  readonly isThrottle: (error: unknown) => boolean;
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

/** The calls that an instance has leased from one counter. */
interface Book {
  readonly window: LimitWindow;
  /** As its policy had it when the book was opened. */
  readonly limit: Limit;
  /** Leased and not yet admitted. */
  tokens: number;
  /** Leased by all instances, when it was last heard. */
  used: number;
  demand: Demand;
  /** Only for this counter. */
  failure?: Failure;
}

interface Failure {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly error: unknown;
}

/** Counters that one instance keeps in mind; past it, forgets all: leases are lost then, limits hold. */
const REMEMBERED_COUNTERS = 10_000;
/** Others may lease what was seen to be left; each time less is left. */
const LEASE_ATTEMPTS = 4;
/** After a failure no counter is asked for so long, or, where one is throttled, not that one: no call waits for it anew. */
const FAILURE_PAUSE_MILLISECONDS = 1_000;

/**
 * Takes calls out of limits that hold over all instances: an instance leases calls of the window from the shared counter,
 * some at once, and admits them without asking again. Never are more leased in a window than the limit admits.
 * @returns `takeCall`, which throws Error when a counter does not answer: nothing was taken.
 */
export function createLeases(counters: Counters): (limit: Limit, now: number) => Promise<Taken> {
  const books = new Map<string, Book>();
  let outage: Failure | undefined;

  const leaseUnlessFailing = async (limit: Limit, book: Book, now: number): Promise<void> => {
    for (const failure of [outage, book.failure]) {
      if (failure !== undefined && isWithin(FAILURE_PAUSE_MILLISECONDS, now - failure.at)) {
        throw failure.error;
      }
    }
    try {
      await lease(counters, limit, book, now);
      outage = undefined;
    } catch (error) {
      // Whose counter is busy must not decide about the calls of others.
      if (counters.isThrottle(error)) book.failure = { at: now, error };
      else outage = { at: now, error };
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

/**
 * The book of a limit for the window of `now`. What was leased of another window is worth nothing, nor is what was leased
 * of a limit that has become another since: it may be more than the new one admits.
 */
function openBook(books: Map<string, Book>, limit: Limit, now: number): Book {
  const name = `${limit.scope}#${limit.id}`;
  const window = windowOf(limit, toEpochSeconds(now));
  const before = books.get(name);
  if (before?.window.name === window.name && isSameLimit(before.limit, limit)) return before;
  if (before === undefined && books.size >= REMEMBERED_COUNTERS) books.clear();
  const book: Book = { window, limit, tokens: 0, used: 0, demand: before?.demand ?? NO_DEMAND };
  books.set(name, book);
  return book;
}

function isSameLimit(one: Limit, other: Limit): boolean {
  return one.requestCount === other.requestCount && one.stops === other.stops;
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
