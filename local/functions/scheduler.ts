import { randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../assembly/physical-names.ts';
import type { InvocationResult } from '../gateway/model.ts';
import { messageOf } from '../message-of.ts';
import type { ScheduleDefinition } from './schedule-definition.ts';

export interface SchedulerOptions {
  readonly schedules: readonly ScheduleDefinition[];
  /** When each schedule ran last, over restarts. */
  readonly lastRuns: {
    load(name: string): Promise<string | undefined>;
    save(name: string, at: string): Promise<void>;
  };
  readonly invoke: (functionArn: string, payload: unknown) => Promise<InvocationResult>;
  readonly now: () => number;
  readonly report: (text: string) => void;
}

/** Runs scheduled rules until it is closed. */
export interface Scheduler {
  /**
   * Runs a rule now, whether or not it is enabled, and waits for its functions.
   * @throws Error when there is no such rule, or one of its functions fails.
   */
  fire(name: string): Promise<void>;
  close(): Promise<void>;
}

/** The longest that a timer of Node.js waits. */
const LONGEST_WAIT_MILLISECONDS = 2 ** 31 - 1;

/**
 * A rate counts from the last run, or from the first start. What came due while nothing ran is made up for by one run
 * at the start.
 */
export async function startScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { schedules, lastRuns, now, report } = options;
  const timers = new Map<string, NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let closed = false;

  const wait = (schedule: ScheduleDefinition, due: number): void => {
    if (closed) return;
    const left = Math.max(0, due - now());
    const timer = setTimeout(
      () => {
        if (now() < due) {
          wait(schedule, due);
          return;
        }
        const run = fireAndGoOn(schedule).finally(() => running.delete(run));
        running.add(run);
      },
      Math.min(left, LONGEST_WAIT_MILLISECONDS),
    );
    timers.set(schedule.name, timer);
  };

  const fireAndGoOn = async (schedule: ScheduleDefinition): Promise<void> => {
    try {
      const at = now();
      await lastRuns.save(schedule.name, String(at));
      const next = schedule.times.next(at);
      if (next !== undefined) wait(schedule, next);
      await run(options, schedule);
    } catch (error) {
      report(`Scheduled rule ${schedule.name}: ${messageOf(error)}`);
    }
  };

  for (const schedule of schedules.filter(({ enabled }) => enabled)) {
    const last = await lastRuns.load(schedule.name);
    if (last === undefined) await lastRuns.save(schedule.name, String(now()));
    const due = schedule.times.next(last === undefined ? now() : Number(last));
    if (due !== undefined) wait(schedule, due);
  }

  return {
    async fire(name) {
      const schedule = schedules.find((candidate) => candidate.name === name);
      const names = schedules.map((candidate) => candidate.name).join(', ') || 'none';
      if (schedule === undefined) throw new Error(`no scheduled rule ${name}; there are: ${names}`);
      await run(options, schedule);
    },
    async close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}

async function run({ invoke, now }: SchedulerOptions, { arn, targets }: ScheduleDefinition): Promise<void> {
  const event = scheduledEvent(arn, now());
  const failures = await Promise.all(
    targets.map(async ({ functionArn, input }) => {
      const result = await invoke(functionArn, input ?? event);
      if (result.outcome === 'returned') return [];
      const reason = result.outcome === 'threw' ? result.errorMessage : 'timed out';
      return [`${functionArn} failed: ${reason}`];
    }),
  );
  if (failures.flat().length > 0) throw new Error(failures.flat().join('; '));
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
function scheduledEvent(arn: string, at: number): object {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: LOCAL_ACCOUNT,
    time: new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: LOCAL_REGION,
    resources: [arn],
    detail: {},
  };
}
