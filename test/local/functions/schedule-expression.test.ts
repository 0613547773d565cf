import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../local/functions/schedule-expression.ts';

const times = (expression: string, from: string, count = 1): readonly (string | undefined)[] => {
  const schedule = parseSchedule(expression);
  const found: (string | undefined)[] = [];
  for (let at: number | undefined = Date.parse(from); found.length < count && at !== undefined;) {
    at = schedule.next(at);
    found.push(at === undefined ? undefined : new Date(at).toISOString().slice(0, 16));
  }
  return found;
};

describe('a schedule expression', () => {
  it.each([
    ['rate(1 minute)', '2026-01-01T12:01'],
    ['rate(5 minutes)', '2026-01-01T12:05'],
    ['rate(1 hour)', '2026-01-01T13:00'],
    ['rate(1 day)', '2026-01-02T12:00'],
    ['rate(7 days)', '2026-01-08T12:00'],
    ['cron(0 10 * * ? *)', '2026-01-02T10:00'],
    ['cron(15 12 * * ? *)', '2026-01-01T12:15'],
    ['cron(0/15 * * * ? *)', '2026-01-01T12:15'],
    ['cron(0 18 ? * MON-FRI *)', '2026-01-01T18:00'],
    ['cron(0 8 1 * ? *)', '2026-02-01T08:00'],
    ['cron(0 8 ? * 1,7 *)', '2026-01-03T08:00'],
    ['cron(0 0 29 feb ? *)', '2028-02-29T00:00'],
    ['cron(0 0 1 1 ? 2030)', '2030-01-01T00:00'],
    ['cron(0 0 ? * SAT-SUN *)', '2026-01-03T00:00'],
    ['cron(0 22-2/2 * * ? *)', '2026-01-01T22:00'],
  ])('%s comes next at %s', (expression, next) => {
    expect(times(expression, '2026-01-01T12:00:00Z')).toEqual([next]);
  });

  it('goes on from each time to the next', () => {
    expect(times('cron(0,30 22-23 ? * THU *)', '2026-01-01T22:00:00Z', 5)).toEqual([
      '2026-01-01T22:30',
      '2026-01-01T23:00',
      '2026-01-01T23:30',
      '2026-01-08T22:00',
      '2026-01-08T22:30',
    ]);
    expect(times('cron(0 21-3/3 * * ? *)', '2026-01-01T21:00:00Z', 3)).toEqual([
      '2026-01-02T00:00',
      '2026-01-02T03:00',
      '2026-01-02T21:00',
    ]);
    expect(times('cron(0 12 31 * ? *)', '2026-01-31T12:00:00Z', 2)).toEqual([
      '2026-03-31T12:00',
      '2026-05-31T12:00',
    ]);
  });

  it('can have no next time', () => {
    expect(times('cron(0 0 1 1 ? 2020)', '2026-01-01T12:00:00Z')).toEqual([undefined]);
  });

  it.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(1 week)',
    'at(2026-01-01T00:00:00)',
    'cron(0 10 * * *)',
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(60 10 * * ? *)',
    'cron(0 10 L * ? *)',
    'cron(0 10 ? * 2#1 *)',
    'cron(0/0 10 * * ? *)',
    'cron(1-2-3 10 * * ? *)',
  ])('%s is refused', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(expression);
  });
});
