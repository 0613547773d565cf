import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression, Metric, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { BundledFunction } from '../internal/core/bundled-function.ts';
import type { KeyTable } from '../internal/core/key-table.ts';
import type { LogMetrics } from './log-metrics.ts';

/** The parts that the dashboard and the alarms watch. */
export interface OperatedParts {
  readonly table: KeyTable;
  readonly authorizer: BundledFunction;
  readonly usage: BundledFunction;
  /** Functions that follow the table's stream, by name. */
  readonly streamConsumers: Readonly<Record<string, BundledFunction>>;
  /** By the name of what fills them. */
  readonly deadLetterQueues: Readonly<Record<string, IQueue>>;
  readonly managementApi: HttpApi;
}

/** The metrics for operators. Counts are sums over five minutes. */
export interface OperationsMetrics {
  readonly logs: LogMetrics;
  /** Errors of the authorizer that are no refusals. */
  readonly authorizerErrors: IMetric;
  readonly authorizerDuration: IMetric;
  readonly authorizerThrottles: IMetric;
  /** How many of the authorizer's decisions are refusals, in percent; 0 while there are few. */
  readonly refusedShare: IMetric;
  readonly tableThrottles: IMetric;
  readonly streamAges: Readonly<Record<string, Metric>>;
  readonly deadLetters: Readonly<Record<string, Metric>>;
  readonly managementErrors: IMetric;
  readonly usageErrors: IMetric;
}

const FIVE_MINUTES = Duration.minutes(5);
/** Fewer refusals in five minutes say nothing about the whole. */
const FEW_REFUSALS = 100;

export function operationsMetrics(parts: OperatedParts, logs: LogMetrics): OperationsMetrics {
  const { authorizer, usage, table, managementApi } = parts;
  const sum = { statistic: 'Sum', period: FIVE_MINUTES };
  return {
    logs,
    authorizerErrors: new MathExpression({
      // A 401 is an error of the function, too: the runtime's own line about it tells them apart.
      expression: 'FILL(errors, 0) - FILL(unauthorized, 0)',
      usingMetrics: { errors: authorizer.function.metricErrors(sum), unauthorized: logs.unauthorized },
      label: 'errors but 401',
      period: FIVE_MINUTES,
    }),
    authorizerDuration: authorizer.function.metricDuration({ statistic: 'p99', period: FIVE_MINUTES }),
    authorizerThrottles: authorizer.function.metricThrottles(sum),
    refusedShare: new MathExpression({
      expression: `IF(FILL(refused, 0) >= ${FEW_REFUSALS}, 100 * FILL(refused, 0) / decisions, 0)`,
      usingMetrics: { refused: logs.refusals, decisions: authorizer.function.metricInvocations(sum) },
      label: 'refused (%)',
      period: FIVE_MINUTES,
    }),
    tableThrottles: new MathExpression({
      expression: 'FILL(reads, 0) + FILL(writes, 0)',
      usingMetrics: {
        reads: tableMetric(table, 'ReadThrottleEvents'),
        writes: tableMetric(table, 'WriteThrottleEvents'),
      },
      label: 'throttled reads and writes',
      period: FIVE_MINUTES,
    }),
    streamAges: mapValues(parts.streamConsumers, ({ function: consumer }) =>
      consumer.metric('IteratorAge', { statistic: 'Maximum', period: FIVE_MINUTES }),
    ),
    deadLetters: mapValues(parts.deadLetterQueues, (queue) =>
      queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: FIVE_MINUTES }),
    ),
    managementErrors: managementApi.metricServerError(sum),
    usageErrors: usage.function.metricErrors(sum),
  };
}

/** Only the table, without its index: no call of an API waits for reads of the index. */
function tableMetric(table: KeyTable, metricName: string): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: table.tableName },
    statistic: 'Sum',
    period: FIVE_MINUTES,
  });
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
