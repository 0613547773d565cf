import { readNameOfCount, STATUS_CLASSES, type Counts, type StatusClass } from './call-counts.ts';
import { KEY_TYPES, type KeyType } from '../decision/credential.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../refusals/refusal.ts';
import type { Granularity } from './usage-period.ts';
import { startOfHour } from '../general/utc.ts';

/** The counts of an hour, such as `2026-01-31T12`. */
export interface CountedHour {
  readonly hour: string;
  readonly counts: Counts;
}

/** Calls of one kind in an hour or day. */
export interface CountedCalls {
  /** When it begins, in milliseconds since the epoch. */
  readonly start: number;
  readonly environment: KeyType;
  readonly statusClass: StatusClass;
  readonly calls: number;
}

export interface CallTotals {
  readonly calls: number;
  readonly statusClasses: Readonly<Record<StatusClass, number>>;
  /** Calls that the authorizer refused. */
  readonly refusals: number;
}

export interface CallsSummary {
  readonly totals: CallTotals;
  /** By time, environment and status class, without those that there were none of. */
  readonly list: readonly CountedCalls[];
  /** Most frequent first. */
  readonly refusals: readonly { readonly reason: RefusalReason; readonly refusals: number }[];
}

/** Adds up hours, in whatever order. */
export function summariseCalls(hours: readonly CountedHour[], granularity: Granularity): CallsSummary {
  const rows = new Map<string, CountedCalls>();
  const ofClass = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 };
  const ofReason = new Map<RefusalReason, number>();
  for (const { hour, counts } of hours) {
    const start = startOfHour(granularity === 'hour' ? hour : `${hour.slice(0, 10)}T00`);
    for (const [name, count] of Object.entries(counts)) {
      const counted = readNameOfCount(name);
      if (counted?.kind === 'refusals') {
        ofReason.set(counted.reason, (ofReason.get(counted.reason) ?? 0) + count);
      }
      if (counted?.kind === 'calls') {
        const { environment, statusClass } = counted;
        const place = `${start} ${name}`;
        const calls = (rows.get(place)?.calls ?? 0) + count;
        rows.set(place, { start, environment, statusClass, calls });
        ofClass[statusClass] += count;
      }
    }
  }
  const refusals = REFUSAL_REASONS.flatMap((reason) => {
    const count = ofReason.get(reason) ?? 0;
    return count === 0 ? [] : [{ reason, refusals: count }];
  });
  return {
    totals: {
      calls: sum(Object.values(ofClass)),
      statusClasses: ofClass,
      refusals: sum([...ofReason.values()]),
    },
    list: [...rows.values()].sort(byPlace),
    refusals: refusals.sort((one, other) => other.refusals - one.refusals),
  };
}

function byPlace(one: CountedCalls, other: CountedCalls): number {
  return (
    one.start - other.start ||
    KEY_TYPES.indexOf(one.environment) - KEY_TYPES.indexOf(other.environment) ||
    STATUS_CLASSES.indexOf(one.statusClass) - STATUS_CLASSES.indexOf(other.statusClass)
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
