import { LONGEST_MEMORY_SECONDS } from '../../core/decision/freshness.ts';
import type { Clock } from '../../platform/clock.ts';

/** How long an instance may rely on what it read of an API, an application or a policy. */
export const STATE_MAX_AGE_MILLISECONDS = LONGEST_MEMORY_SECONDS * 1_000;

export interface Remembering {
  readonly clock: Clock;
  readonly maxAgeMilliseconds: number;
  /** Most answers that are kept; past it, forgets all and starts anew. */
  readonly limit: number;
}

/**
 * Keeps what `read` found in the instance for at most `maxAgeMilliseconds`. What was not found is asked for again each
 * time; a failed read is never covered by an older answer.
 */
export function remember<Names extends readonly string[], T>(
  read: (...names: Names) => Promise<T | undefined>,
  { clock, maxAgeMilliseconds, limit }: Remembering,
): (...names: Names) => Promise<T | undefined> {
  const known = new Map<string, { readonly state: T; readonly readAt: number }>();
  return async (...names) => {
    const name = names.join('\n');
    const before = known.get(name);
    const now = clock();
    if (before !== undefined && isWithin(maxAgeMilliseconds, now - before.readAt)) return before.state;
    const state = await read(...names);
    if (state === undefined) {
      known.delete(name);
    } else {
      if (known.size >= limit && before === undefined) known.clear();
      known.set(name, { state, readAt: now });
    }
    return state;
  };
}

/** A clock that was set back makes an age negative: then an answer counts as old, too. */
export function isWithin(maxAgeMilliseconds: number, age: number): boolean {
  return age >= 0 && age < maxAgeMilliseconds;
}
