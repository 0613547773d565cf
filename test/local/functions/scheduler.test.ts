import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ScheduleDefinition } from '../../../local/functions/schedule-definition.ts';
import { parseSchedule } from '../../../local/functions/schedule-expression.ts';
import { startScheduler } from '../../../local/functions/scheduler.ts';
import type { InvocationResult } from '../../../local/gateway/model.ts';

const HOUR = 60 * 60 * 1000;
const START = Date.parse('2026-01-01T12:00:00Z');
const HOURLY: ScheduleDefinition = {
  name: 'hourly',
  arn: 'arn:aws:events:us-east-1:000000000000:rule/hourly',
  times: parseSchedule('rate(1 hour)'),
  enabled: true,
  targets: [{ functionArn: 'arn:one' }],
};

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

async function start(
  schedules: readonly ScheduleDefinition[],
  options: { readonly runs?: Map<string, string>; readonly result?: InvocationResult } = {},
) {
  const { runs = new Map<string, string>(), result = { outcome: 'returned', payload: null } } = options;
  const invoked: [functionArn: string, payload: unknown][] = [];
  const reports: string[] = [];
  const scheduler = await startScheduler({
    schedules,
    lastRuns: {
      load: (name) => Promise.resolve(runs.get(name)),
      save: (name, at) => Promise.resolve(void runs.set(name, at)),
    },
    invoke: (functionArn, payload) => {
      invoked.push([functionArn, payload]);
      return Promise.resolve(result);
    },
    now: Date.now,
    report: (text) => reports.push(text),
  });
  onTestFinished(() => scheduler.close());
  return { scheduler, invoked, reports, runs };
}

describe('a scheduled rule', () => {
  it('invokes its functions whenever it is due, with the event that EventBridge makes', async () => {
    const { invoked } = await start([HOURLY]);
    await vi.advanceTimersByTimeAsync(HOUR - 1);
    expect(invoked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(invoked).toMatchObject([
      [
        'arn:one',
        {
          version: '0',
          source: 'aws.events',
          'detail-type': 'Scheduled Event',
          account: '000000000000',
          region: 'us-east-1',
          time: '2026-01-01T13:00:00Z',
          resources: [HOURLY.arn],
          detail: {},
        },
      ],
    ]);
    await vi.advanceTimersByTimeAsync(3 * HOUR);
    expect(invoked).toHaveLength(4);
  });

  it('makes up once for what came due while nothing ran, and counts from the last run', async () => {
    const late = await start([HOURLY], { runs: new Map([['hourly', String(START - 50 * HOUR)]]) });
    await vi.advanceTimersByTimeAsync(1);
    expect(late.invoked).toHaveLength(1);
    const recent = await start([HOURLY], { runs: new Map([['hourly', String(START - HOUR / 2)]]) });
    await vi.advanceTimersByTimeAsync(HOUR / 2);
    expect(recent.invoked).toHaveLength(1);
    expect(recent.runs.get('hourly')).toBe(String(START + HOUR / 2));
  });

  it('waits also longer than a timer can', async () => {
    const { invoked } = await start([{ ...HOURLY, times: parseSchedule('rate(40 days)') }]);
    await vi.advanceTimersByTimeAsync(40 * 24 * HOUR - 1);
    expect(invoked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(invoked).toHaveLength(1);
  });

  it('that is disabled runs only when it is fired', async () => {
    const { scheduler, invoked } = await start([
      { ...HOURLY, enabled: false, targets: [{ functionArn: 'arn:one', input: { a: 1 } }] },
    ]);
    await vi.advanceTimersByTimeAsync(5 * HOUR);
    expect(invoked).toEqual([]);
    await scheduler.fire('hourly');
    expect(invoked).toEqual([['arn:one', { a: 1 }]]);
  });

  it('reports a function that fails, or rejects when it was fired, and goes on', async () => {
    const { scheduler, invoked, reports } = await start([HOURLY], {
      result: { outcome: 'threw', errorType: 'Error', errorMessage: 'no luck' },
    });
    await vi.advanceTimersByTimeAsync(2 * HOUR);
    expect(reports).toEqual(Array(2).fill('Scheduled rule hourly: arn:one failed: no luck'));
    await expect(scheduler.fire('hourly')).rejects.toThrow('arn:one failed: no luck');
    expect(invoked).toHaveLength(3);
  });

  it('that is not there cannot be fired', async () => {
    const { scheduler } = await start([HOURLY]);
    await expect(scheduler.fire('daily')).rejects.toThrow('no scheduled rule daily; there are: hourly');
  });

  it('runs no more once it is closed', async () => {
    const { scheduler, invoked } = await start([HOURLY]);
    await scheduler.close();
    await vi.advanceTimersByTimeAsync(5 * HOUR);
    expect(invoked).toEqual([]);
  });
});
