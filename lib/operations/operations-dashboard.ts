import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  MathExpression,
  type IAlarm,
  type IMetric,
  type Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { BundledFunction } from '../internal/core/bundled-function.ts';
import type { OperationsMetrics } from './operations-metrics.ts';

export interface OperationsDashboardProps {
  readonly stage: string;
  readonly metrics: OperationsMetrics;
  readonly alarms: readonly IAlarm[];
  readonly authorizer: BundledFunction;
  readonly usage: BundledFunction;
  readonly managementApi: HttpApi;
}

const sum = { statistic: 'Sum', period: Duration.minutes(5) };

/** One page: the state of the alarms, then from the callers' side to what happens behind. */
export function operationsDashboard(
  scope: Construct,
  id: string,
  { stage, metrics, alarms, authorizer, usage, managementApi }: OperationsDashboardProps,
): Dashboard {
  const { logs } = metrics;
  return new Dashboard(scope, id, {
    dashboardName: `keybound-${stage}`,
    defaultInterval: Duration.hours(12),
    widgets: [
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 4 })],
      [
        graph('Decisions', [
          authorizer.function.metricInvocations({ ...sum, label: 'decisions' }),
          logs.refusals,
          metrics.authorizerErrors,
          logs.faults,
          metrics.authorizerThrottles,
        ]),
        graph('Time of a decision (ms)', [
          authorizer.function.metricDuration({ statistic: 'p50', period: Duration.minutes(5) }),
          metrics.authorizerDuration,
        ]),
        graph('Refusals by reason', [
          new MathExpression({
            expression: logs.refusalsByReason,
            usingMetrics: {},
            label: '',
            period: Duration.minutes(5),
          }),
        ]),
      ],
      [
        graph('Throttling and limits', [logs.readsThrottled, metrics.tableThrottles, logs.limitsUnavailable]),
        graph('Age of changes (ms)', labelled(metrics.streamAges)),
        graph('Dead letters and failed resets', [...labelled(metrics.deadLetters), logs.resetsFailed]),
      ],
      [
        graph('Management API', [
          managementApi.metricCount(sum),
          managementApi.metricClientError(sum),
          managementApi.metricServerError(sum),
        ]),
        graph('Time of the management API (ms)', [
          managementApi.metricLatency({ statistic: 'p99', period: Duration.minutes(5) }),
        ]),
        graph('Usage', [usage.function.metricInvocations(sum), metrics.usageErrors]),
      ],
    ],
  });
}

function graph(title: string, left: readonly IMetric[]): GraphWidget {
  return new GraphWidget({ title, left: [...left], width: 8, height: 6, leftYAxis: { min: 0 } });
}

function labelled(metrics: Readonly<Record<string, Metric>>): readonly IMetric[] {
  return Object.entries(metrics).map(([label, metric]) => metric.with({ label }));
}
