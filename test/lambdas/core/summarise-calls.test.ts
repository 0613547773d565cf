import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nameOfCount,
  readNameOfCount,
  STATUS_CLASSES,
  statusClassOf,
} from '../../../lambdas/core/usage/call-counts.ts';
import { hourOf } from '../../../lambdas/core/general/utc.ts';
import { KEY_TYPES } from '../../../lambdas/core/decision/credential.ts';
import { REFUSAL_REASONS } from '../../../lambdas/core/refusals/refusal.ts';
import { summariseCalls } from '../../../lambdas/core/usage/summarise-calls.ts';

const MIDNIGHT = Date.parse('2026-03-02T00:00:00Z');
const HOUR = 60 * 60 * 1000;

interface One {
  readonly at: number;
  readonly counted: Parameters<typeof nameOfCount>[0];
}

const one: fc.Arbitrary<One> = fc.record({
  at: fc.integer({ min: MIDNIGHT - 3 * HOUR, max: MIDNIGHT + 3 * HOUR }),
  counted: fc.oneof(
    fc.record({
      kind: fc.constant('calls' as const),
      environment: fc.constantFrom(...KEY_TYPES),
      statusClass: fc.constantFrom(...STATUS_CLASSES),
    }),
    fc.record({ kind: fc.constant('refusals' as const), reason: fc.constantFrom(...REFUSAL_REASONS) }),
  ),
});

/** As the table holds them: one item an hour. */
function hoursOf(all: readonly One[]) {
  const hours = [...new Set(all.map(({ at }) => hourOf(at)))];
  return hours.map((hour) => {
    const names = all.filter(({ at }) => hourOf(at) === hour).map(({ counted }) => nameOfCount(counted));
    return {
      hour,
      counts: Object.fromEntries(
        [...new Set(names)].map((name) => [name, names.filter((other) => other === name).length]),
      ),
    };
  });
}

describe('the summary of hours', () => {
  it('has as many calls and refusals of each kind as there were, by hour or day', () => {
    fc.assert(
      fc.property(fc.array(one), fc.constantFrom('hour', 'day'), (all, granularity) => {
        const { totals, list, refusals } = summariseCalls(hoursOf(all), granularity);
        const calls = all.filter(({ counted }) => counted.kind === 'calls');
        const step = granularity === 'hour' ? HOUR : 24 * HOUR;
        for (const { start, environment, statusClass, calls: found } of list) {
          const same = calls.filter(
            ({ at, counted }) =>
              at >= start &&
              at < start + step &&
              counted.kind === 'calls' &&
              counted.environment === environment &&
              counted.statusClass === statusClass,
          );
          expect(found).toBe(same.length);
          expect(start % step).toBe(0);
        }
        expect(list.reduce((sum, row) => sum + row.calls, 0)).toBe(calls.length);
        expect(totals.calls).toBe(calls.length);
        for (const statusClass of STATUS_CLASSES) {
          expect(totals.statusClasses[statusClass]).toBe(
            calls.filter(({ counted }) => 'statusClass' in counted && counted.statusClass === statusClass)
              .length,
          );
        }
        const refused = all.flatMap(({ counted }) => (counted.kind === 'refusals' ? [counted.reason] : []));
        expect(totals.refusals).toBe(refused.length);
        for (const { reason, refusals: found } of refusals) {
          expect(found).toBe(refused.filter((other) => other === reason).length);
        }
        expect(refusals.map(({ reason }) => reason).sort()).toEqual([...new Set(refused)].sort());
        expect(refusals.map((row) => row.refusals)).toEqual(
          refusals.map((row) => row.refusals).toSorted((left, right) => right - left),
        );
      }),
    );
  });

  it('is ordered by time, environment and status class', () => {
    const counts = { 'calls:SANDBOX:2xx': 1, 'calls:PRODUCTION:5xx': 2, 'calls:PRODUCTION:2xx': 3 };
    const hours = ['2026-03-02T01', '2026-03-01T23'].map((hour) => ({ hour, counts }));
    const { list } = summariseCalls(hours, 'hour');
    expect(list.map(({ calls }) => calls)).toEqual([3, 2, 1, 3, 2, 1]);
    expect(list.map(({ start }) => start - MIDNIGHT)).toEqual([-HOUR, -HOUR, -HOUR, HOUR, HOUR, HOUR]);
    expect(summariseCalls(hours, 'day').list).toHaveLength(6);
  });
});

describe('the names of counts', () => {
  it('are read as they were written, and nothing else is', () => {
    fc.assert(
      fc.property(one, ({ counted }) => {
        expect(readNameOfCount(nameOfCount(counted))).toEqual(counted);
      }),
    );
    for (const name of ['', 'ttl', 'hour', 'calls', 'calls:PRODUCTION', 'calls:TEST:2xx', 'refusals:none']) {
      expect(readNameOfCount(name)).toBeUndefined();
    }
  });

  it('have a class for each status that a call can be answered with', () => {
    expect([200, 204, 301, 404, 499, 503, 599].map(statusClassOf)).toEqual([
      '2xx',
      '2xx',
      '3xx',
      '4xx',
      '4xx',
      '5xx',
      '5xx',
    ]);
    expect([0, 101, 199, 600].map(statusClassOf)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
