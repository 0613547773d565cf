import type { PolicyLevel, ThrottlingPolicy, TimeUnit } from './throttling-policy.ts';

/** The number of requests that WSO2 writes for no limit: its portals' lists read a number of every policy. */
export const UNLIMITED_REQUESTS = 2_147_483_647;

/** The names by which clients know units of time. WSO2's Admin Portal has two sets: one for plans, one for applications. */
export const TIME_UNIT_NAMES = {
  sec: 'sec',
  second: 'sec',
  seconds: 'sec',
  min: 'min',
  minute: 'min',
  minutes: 'min',
  hour: 'hour',
  hours: 'hour',
  day: 'day',
  days: 'day',
  week: 'week',
  weeks: 'week',
  month: 'month',
  months: 'month',
  year: 'year',
  years: 'year',
} as const satisfies Record<string, TimeUnit>;
export type TimeUnitName = keyof typeof TIME_UNIT_NAMES;

/** The units that the Admin Portal offers for plans, by our names. */
const PLAN_UNITS: Readonly<Record<TimeUnit, TimeUnitName>> = {
  sec: 'sec',
  min: 'min',
  hour: 'hours',
  day: 'days',
  week: 'week',
  month: 'months',
  year: 'years',
};

/** The limit of a policy as WSO2 writes it: with a number also where there is none. */
export function requestCountOf({ level, limit }: Pick<ThrottlingPolicy, 'level' | 'limit'>) {
  return {
    requestCount: limit?.requestCount ?? UNLIMITED_REQUESTS,
    unitTime: limit?.unitTime ?? 1,
    timeUnit: unitNameOf(level, limit?.timeUnit ?? 'min'),
  };
}

function unitNameOf(level: PolicyLevel, unit: TimeUnit): TimeUnitName {
  return level === 'subscription' ? PLAN_UNITS[unit] : unit;
}
