import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowAt } from '../../../lambdas/core/limits/limit-window.ts';
import { TIME_UNITS, type TimeUnit } from '../../../lambdas/core/limits/throttling-policy.ts';

const isOfCalendar = ({ timeUnit }: { readonly timeUnit: TimeUnit }) =>
  timeUnit === 'month' || timeUnit === 'year';
const seconds = (iso: string) => Date.parse(iso) / 1000;

describe('the window of a limit', () => {
  it.each([
    [1, 'sec', '2026-11-28T06:15:07Z', '2026-11-28T06:15:07Z', '2026-11-28T06:15:08Z'],
    [1, 'min', '2026-11-28T06:15:59Z', '2026-11-28T06:15:00Z', '2026-11-28T06:16:00Z'],
    [5, 'min', '2026-11-28T06:19:59Z', '2026-11-28T06:15:00Z', '2026-11-28T06:20:00Z'],
    [1, 'hour', '2026-11-28T06:00:00Z', '2026-11-28T06:00:00Z', '2026-11-28T07:00:00Z'],
    [1, 'day', '2026-11-28T23:59:59Z', '2026-11-28T00:00:00Z', '2026-11-29T00:00:00Z'],
    [1, 'month', '2024-02-29T12:00:00Z', '2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'],
    [1, 'month', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    [3, 'month', '2026-11-28T06:15:00Z', '2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    [1, 'week', '2026-11-29T23:59:59Z', '2026-11-23T00:00:00Z', '2026-11-30T00:00:00Z'],
    [1, 'week', '2026-11-30T00:00:00Z', '2026-11-30T00:00:00Z', '2026-12-07T00:00:00Z'],
    [1, 'year', '2026-11-28T06:15:00Z', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ] as const)('of %i %s at %s goes from %s to %s', (unitTime, timeUnit, at, from, to) => {
    expect(windowAt({ unitTime, timeUnit }, seconds(at))).toMatchObject({
      startsAtEpochSeconds: seconds(from),
      endsAtEpochSeconds: seconds(to),
    });
  });

  const span = fc.record({
    unitTime: fc.integer({ min: 1, max: 1000 }),
    timeUnit: fc.constantFrom(...TIME_UNITS),
  });
  const moment = fc.integer({ min: 0, max: seconds('2100-01-01T00:00:00Z') });

  it('holds its moment, and is followed by another without a gap', () => {
    fc.assert(
      fc.property(span, moment, (of, at) => {
        const window = windowAt(of, at);
        expect(window.startsAtEpochSeconds).toBeLessThanOrEqual(at);
        expect(window.endsAtEpochSeconds).toBeGreaterThan(at);
        expect(windowAt(of, window.startsAtEpochSeconds)).toEqual(window);
        const next = windowAt(of, window.endsAtEpochSeconds);
        expect(next.startsAtEpochSeconds).toBe(window.endsAtEpochSeconds);
        expect(next.name > window.name).toBe(true);
      }),
    );
  });

  it('has a name that no other window has', () => {
    fc.assert(
      fc.property(span, span, moment, moment, (one, other, at, otherAt) => {
        const [first, second] = [windowAt(one, at), windowAt(other, otherAt)];
        // A month is no number of days: next month it has another length.
        const isSame =
          isOfCalendar(one) === isOfCalendar(other) &&
          first.startsAtEpochSeconds === second.startsAtEpochSeconds &&
          first.endsAtEpochSeconds === second.endsAtEpochSeconds;
        expect(first.name === second.name).toBe(isSame);
      }),
    );
  });

  it.each([
    [60, 'sec', 1, 'min'],
    [120, 'min', 2, 'hour'],
    [24, 'hour', 1, 'day'],
    [12, 'month', 1, 'year'],
  ] as const)('of %i %s is that of %i %s, by the same name', (unitTime, timeUnit, count, unit) => {
    const at = seconds('2026-11-28T06:15:07Z');
    expect(windowAt({ unitTime, timeUnit }, at)).toEqual(windowAt({ unitTime: count, timeUnit: unit }, at));
  });
});
