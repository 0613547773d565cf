/** When a key was last used. Times are milliseconds since the epoch. */
export interface KeyUsage {
  readonly lastUsed: number;
  /** The last use of each value of the key, by the time of its issue as text. */
  readonly values: Readonly<Record<string, number>>;
}

/** Number of a key's values, the newest, whose last use is remembered. No more than two work at a time. */
export const REMEMBERED_VALUES = 10;

/**
 * Merges two observations of a key: the latest of each time. Neither their order nor how often one is merged
 * makes a difference.
 */
export function mergeUsage(one: KeyUsage, other: KeyUsage): KeyUsage {
  const latest = new Map(Object.entries(one.values));
  for (const [issuedOn, at] of Object.entries(other.values)) {
    latest.set(issuedOn, Math.max(at, latest.get(issuedOn) ?? at));
  }
  const newest = [...latest].sort(([left], [right]) => Number(right) - Number(left));
  return {
    lastUsed: Math.max(one.lastUsed, other.lastUsed),
    values: Object.fromEntries(newest.slice(0, REMEMBERED_VALUES)),
  };
}

/** Whether `known` already says all that `seen` says. */
export function includesUsage(known: KeyUsage, seen: KeyUsage): boolean {
  const merged = mergeUsage(known, seen);
  return (
    merged.lastUsed === known.lastUsed &&
    Object.entries(merged.values).every(([issuedOn, at]) => known.values[issuedOn] === at)
  );
}
