import type { TimeUnit } from './throttling-policy.ts';

/** A span of time that calls are counted in: `unitTime` × `timeUnit`. */
export interface Span {
  readonly unitTime: number;
  readonly timeUnit: TimeUnit;
}

/** One window. Windows of a span lie end to end, and every instance cuts time alike: by the clock of UTC. */
export interface LimitWindow {
  /**
   * The same for the same window, however its span is written (60 seconds, a minute); tells it from every other one.
   * Sorts by time within a span.
   */
  readonly name: string;
  readonly startsAtEpochSeconds: number;
  readonly endsAtEpochSeconds: number;
}

const UNIT_SECONDS = { sec: 1, min: 60, hour: 3_600, day: 86_400 } as const;
const LARGEST_UNIT_FIRST = ['day', 'hour', 'min', 'sec'] as const;
const WEEK_SECONDS = 7 * UNIT_SECONDS.day;
/** The first Monday after the epoch, which was a Thursday. */
const FIRST_MONDAY_SECONDS = 4 * UNIT_SECONDS.day;
const MONTHS_A_YEAR = 12;
const FIRST_YEAR = 1970;

/**
 * The window that a moment lies in. Seconds to days are counted from the epoch, so that a day begins at midnight; weeks from
 * the Monday after it; months and years are those of the calendar, counted from January 1970.
 */
export function windowAt({ unitTime, timeUnit }: Span, atEpochSeconds: number): LimitWindow {
  if (timeUnit === 'month') return monthsAt(unitTime, atEpochSeconds);
  if (timeUnit === 'year') return monthsAt(unitTime * MONTHS_A_YEAR, atEpochSeconds);
  if (timeUnit === 'week') return weeksAt(unitTime, atEpochSeconds);
  const length = unitTime * UNIT_SECONDS[timeUnit];
  const startsAt = Math.floor(atEpochSeconds / length) * length;
  const unit = LARGEST_UNIT_FIRST.find((candidate) => length % UNIT_SECONDS[candidate] === 0) ?? timeUnit;
  return named(length / UNIT_SECONDS[unit], unit, startsAt, startsAt + length);
}

function weeksAt(unitTime: number, atEpochSeconds: number): LimitWindow {
  const length = unitTime * WEEK_SECONDS;
  const passed = Math.floor((atEpochSeconds - FIRST_MONDAY_SECONDS) / length);
  const startsAt = FIRST_MONDAY_SECONDS + passed * length;
  return named(unitTime, 'week', startsAt, startsAt + length);
}

function monthsAt(unitTime: number, atEpochSeconds: number): LimitWindow {
  const date = new Date(atEpochSeconds * 1000);
  const month = (date.getUTCFullYear() - FIRST_YEAR) * MONTHS_A_YEAR + date.getUTCMonth();
  const first = Math.floor(month / unitTime) * unitTime;
  return named(unitTime, 'month', startOfMonth(first), startOfMonth(first + unitTime));
}

/** `month` counts from January 1970. */
function startOfMonth(month: number): number {
  return Date.UTC(FIRST_YEAR, month) / 1000;
}

function named(
  unitTime: number,
  timeUnit: TimeUnit,
  startsAtEpochSeconds: number,
  endsAtEpochSeconds: number,
): LimitWindow {
  const name = `${unitTime}${timeUnit}#${String(startsAtEpochSeconds).padStart(12, '0')}`;
  return { name, startsAtEpochSeconds, endsAtEpochSeconds };
}
