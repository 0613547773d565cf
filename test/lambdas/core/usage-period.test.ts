import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lambdas/core/http/fault.ts';
import { readPeriod, type AskedPeriod } from '../../../lambdas/core/usage/usage-period.ts';

const at = (time: string) => Date.parse(`2026-03-${time}Z`);
const NOW = at('10T12:34:56.789');
const DAY = 24 * 60 * 60 * 1000;

const period = (asked: AskedPeriod) => {
  const { from, to } = readPeriod(asked, NOW);
  return [new Date(from).toISOString(), new Date(to).toISOString()];
};

function problemsOf(asked: AskedPeriod) {
  try {
    readPeriod(asked, NOW);
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, problems: error.problems };
  }
  throw new Error('it was not refused');
}

describe('a period of usage', () => {
  it('is the last 24 hours, or the last 7 days, unless it says otherwise', () => {
    expect(period({ granularity: 'hour' })).toEqual(['2026-03-09T12:00:00.000Z', '2026-03-10T13:00:00.000Z']);
    expect(period({ granularity: 'day' })).toEqual(['2026-03-03T00:00:00.000Z', '2026-03-11T00:00:00.000Z']);
  });

  it('is widened to whole hours and days', () => {
    const asked = { from: at('01T10:59:59'), to: at('02T10:00:01') };
    expect(period({ ...asked, granularity: 'hour' })).toEqual([
      '2026-03-01T10:00:00.000Z',
      '2026-03-02T11:00:00.000Z',
    ]);
    expect(period({ ...asked, granularity: 'day' })).toEqual([
      '2026-03-01T00:00:00.000Z',
      '2026-03-03T00:00:00.000Z',
    ]);
  });

  it('stays as it is when it is whole, and ends with the present at the latest', () => {
    const asked = { from: at('01T00:00:00'), to: at('02T00:00:00') };
    expect(period({ ...asked, granularity: 'day' })).toEqual(
      Object.values(asked).map((time) => new Date(time).toISOString()),
    );
    expect(period({ to: NOW + 999 * DAY, granularity: 'hour' })).toEqual(period({ granularity: 'hour' }));
  });

  it.each<readonly [string, AskedPeriod, RegExp]>([
    ['is empty', { from: at('01T10:00:00'), to: at('01T10:00:00'), granularity: 'hour' }, /before to/],
    [
      'ends before it begins',
      { from: at('02T00:00:00'), to: at('01T00:00:00'), granularity: 'day' },
      /before to/,
    ],
    ['lies ahead', { from: NOW + 1, to: NOW + DAY, granularity: 'hour' }, /in the past/],
    [
      'has more than 31 days of hours',
      { from: NOW - 31 * DAY - 1, granularity: 'hour' },
      /31 .*granularity=day/,
    ],
    ['has more than 400 days', { from: NOW - 400 * DAY - 1, granularity: 'day' }, /400 days/],
    ['begins before all times', { from: -1, to: 5, granularity: 'hour' }, /1970/],
    ['ends before all times', { to: 5, granularity: 'hour' }, /1970/],
  ])('that %s is refused', (_what, asked, message) => {
    const { code, problems } = problemsOf(asked);
    expect([code, problems.map(({ field }) => field)]).toEqual(['bad_request', ['from']]);
    expect(problems[0]?.message).toMatch(message);
  });

  it('may have 31 days of hours, or 400 days', () => {
    expect(period({ from: NOW - 31 * DAY, granularity: 'hour' })).toHaveLength(2);
    expect(period({ from: NOW - 400 * DAY, granularity: 'day' })).toHaveLength(2);
  });
});
