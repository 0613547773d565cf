import { TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { OperationsMetrics } from './operations-metrics.ts';

/** A metric with its threshold, for one alarm. */
export interface Watch {
  /** The meaning of the alarm, in a sentence. */
  readonly says: string;
  readonly metric: IMetric;
  readonly atLeast: number;
  /** How many periods of five minutes must be as bad, one after the other. Default: 1. */
  readonly periods?: number;
  readonly missing?: TreatMissingData;
}

/** By the name of the alarm. The thresholds stand in `docs/operate/alarms.md`, too. */
export function watches(metrics: OperationsMetrics): Readonly<Record<string, Watch>> {
  const { logs } = metrics;
  const named = (kind: string, of: Readonly<Record<string, IMetric>>, watch: Omit<Watch, 'metric'>) =>
    Object.fromEntries(
      Object.entries(of).map(([name, metric]): [string, Watch] => [`${kind}-${name}`, { ...watch, metric }]),
    );
  return {
    'authorizer-errors': {
      says: 'The authorizer fails: callers get 500 instead of a decision.',
      metric: metrics.authorizerErrors,
      atLeast: 5,
      periods: 2,
    },
    'authorizer-faults': {
      says: 'Calls cannot be decided: the table does not answer, or an item cannot be read.',
      metric: logs.faults,
      atLeast: 5,
    },
    'authorizer-duration': {
      says: 'One decision in a hundred takes a second or more.',
      metric: metrics.authorizerDuration,
      atLeast: 1000,
      periods: 3,
    },
    'authorizer-throttles': {
      says: 'Lambda throttles the authorizer: callers get 500.',
      metric: metrics.authorizerThrottles,
      atLeast: 1,
    },
    'refused-share': {
      says: 'At least half of all decisions are refusals.',
      metric: metrics.refusedShare,
      atLeast: 50,
      periods: 3,
    },
    'reads-throttled': {
      says: 'DynamoDB throttles the reads of a key that is called very often.',
      metric: logs.readsThrottled,
      atLeast: 1,
      periods: 2,
    },
    'table-throttles': {
      says: 'DynamoDB throttles the table.',
      metric: metrics.tableThrottles,
      atLeast: 10,
      periods: 2,
    },
    'limits-unavailable': {
      says: 'Limits cannot be checked: calls are refused, or admitted without being counted, as each policy says.',
      metric: logs.limitsUnavailable,
      atLeast: 5,
    },
    'resets-failed': {
      says: 'The cache of an API in gateway mode could not be reset: an ended key can work until its cached decision expires.',
      metric: logs.resetsFailed,
      atLeast: 1,
    },
    ...named('stream-age', metrics.streamAges, {
      says: 'A follower of the table is five minutes or more behind.',
      atLeast: 5 * 60 * 1000,
      periods: 2,
    }),
    ...named('dead-letters', metrics.deadLetters, {
      says: 'A message could not be processed and waits to be replayed.',
      atLeast: 1,
      // A queue that nobody touches tells nothing after six hours, although the message is still there.
      missing: TreatMissingData.IGNORE,
    }),
    'management-errors': {
      says: 'The management API answers with 5xx.',
      metric: metrics.managementErrors,
      atLeast: 5,
    },
    'usage-errors': {
      says: 'The usage function fails: calls and last uses are not counted.',
      metric: metrics.usageErrors,
      atLeast: 3,
      periods: 2,
    },
  };
}
