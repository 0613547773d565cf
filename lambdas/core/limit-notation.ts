import type { PolicyLevel, ThrottlingPolicy, TimeUnit } from './throttling-policy.ts';

/** How many requests WSO2 writes where there is no limit: lists of its portals read a number of every policy. */
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

/** What the Admin Portal offers for plans, by our name. */
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
