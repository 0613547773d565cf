import { Fault } from '../http/fault.ts';

/** How finely calls are listed. Days are those of UTC. */
export const GRANULARITIES = ['hour', 'day'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** The requested period. Times are milliseconds since the epoch. */
export interface AskedPeriod {
  readonly from?: number;
  readonly to?: number;
  readonly granularity: Granularity;
}

/** Whole hours or days: from the beginning of the first to the end of the last. */
export interface UsagePeriod {
  readonly from: number;
  readonly to: number;
  readonly granularity: Granularity;
}

export const HOUR_MILLISECONDS = 60 * 60 * 1000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

const STEPS = {
  hour: { length: HOUR_MILLISECONDS, usual: DAY_MILLISECONDS, longestDays: 31 },
  day: { length: DAY_MILLISECONDS, usual: 7 * DAY_MILLISECONDS, longestDays: 400 },
} as const satisfies Record<Granularity, object>;

/**
 * The period that was asked for, widened to whole hours or days; what is left out: until now, the last 24 hours or
 * 7 days.
 * @throws Fault `bad_request` for a period that is empty, lies ahead, or is too long to be read at once.
 */
export function readPeriod({ from, to, granularity }: AskedPeriod, now: number): UsagePeriod {
  const { length, usual, longestDays } = STEPS[granularity];
  const until = Math.min(to ?? now, now);
  const since = from ?? until - usual;
  if (since < 0) throw wrong('from', 'must not be before 1970');
  if (since >= until) throw wrong('from', 'must be before to, and in the past');
  if (until - since > longestDays * DAY_MILLISECONDS) {
    const hint = granularity === 'hour' ? '; granularity=day reaches further' : '';
    throw wrong('from', `must be at most ${longestDays} days before to${hint}`);
  }
  return {
    from: Math.floor(since / length) * length,
    to: Math.ceil(until / length) * length,
    granularity,
  };
}

function wrong(field: string, message: string): Fault {
  return new Fault('bad_request', 'The request is not valid.', { problems: [{ field, message }] });
}
