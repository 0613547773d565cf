/** Over which time an instance estimates how many calls come to it, in seconds. */
const MEMORY_SECONDS = 30;
/** A lease is meant to last so long at most, so that what an instance takes with it when it ends is little. */
const HORIZON_SECONDS = 60;
/** Share of the expected calls that is leased at once. Leasing all of them would leave more unused. */
const LEASED_SHARE = 0.75;
/** No lease is larger than this part of the limit: one instance that errs costs the others little. */
const LARGEST_SHARE = 1 / 20;
/**
 * Nor is it larger than so many times the calls that the instance has seen lately: a few say little of what comes. Calls
 * that come together wake instances which then sleep for the rest of the window.
 */
const LARGEST_GROWTH = 2;
/** Calls within a shorter time than this, in seconds, do not show a rate. */
const SHORTEST_MEMORY_SECONDS = 2;

/** How many calls have come to an instance lately: each counts, and fades over `MEMORY_SECONDS`. */
export interface Demand {
  readonly calls: number;
  /** When the first and the newest of them came, in milliseconds since the epoch. */
  readonly since: number;
  readonly at: number;
}

export const NO_DEMAND: Demand = { calls: 0, since: Infinity, at: 0 };

/** The demand after a call at `now`, in milliseconds since the epoch. A clock that is set back lets nothing fade. */
export function withCall({ calls, since, at }: Demand, now: number): Demand {
  const seconds = Math.max(0, now - at) / 1000;
  return {
    calls: calls * Math.exp(-seconds / MEMORY_SECONDS) + 1,
    since: Math.min(since, now),
    at: Math.max(at, now),
  };
}

/**
 * How many calls an instance should lease at once, of a limit of `requestCount` a window that goes on for
 * `secondsLeft`: three quarters of what will probably come to it within the minute. The first lease of a new instance is
 * one call; after that, what is left unused of a lease is at worst twice what the instance has used, and never more than
 * a twentieth of the limit. A small limit is leased call by call.
 */
export function leaseSize(requestCount: number, { calls, since, at }: Demand, secondsLeft: number): number {
  const memory = Math.min(MEMORY_SECONDS, Math.max(SHORTEST_MEMORY_SECONDS, (at - since) / 1000));
  const expected = (calls / memory) * Math.min(secondsLeft, HORIZON_SECONDS);
  const largest = Math.min(requestCount * LARGEST_SHARE, (calls - 1) * LARGEST_GROWTH);
  return Math.max(1, Math.floor(Math.min(expected * LEASED_SHARE, largest)));
}
