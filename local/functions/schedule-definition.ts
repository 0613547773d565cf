import type { Schedule } from './schedule-expression.ts';

/** A rule that invokes functions at certain times: one `AWS::Events::Rule`. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly arn: string;
  readonly times: Schedule;
  readonly enabled: boolean;
  readonly targets: readonly ScheduleTarget[];
}

export interface ScheduleTarget {
  readonly functionArn: string;
  /** The input of the function, instead of the event. */
  readonly input?: unknown;
}
