import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { REFUSAL_LINE, type LogType } from '../../lambdas/contract/log-types.ts';
import type { BundledFunction } from '../internal/core/bundled-function.ts';

type Functions = Readonly<Record<string, BundledFunction>>;

export interface LogMetricsProps {
  /** Where the metrics are found: one for each deployment, since lines of log do not name it. */
  readonly namespace: string;
  readonly authorizer: BundledFunction;
  /** Functions that reset the gateway's caches, by name. */
  readonly resetters: Functions;
}

/**
 * What only the logs tell, as sums over five minutes. A metric costs money in hours in which it has data, so none has a default
 * value: that nothing is wrong is free.
 */
export class LogMetrics extends Construct {
  /** Calls that could not be decided. */
  readonly faults: Metric;
  /** Calls refused with 401 by an error, the only way for an authorizer: Lambda counts them as errors. */
  readonly unauthorized: Metric;
  /** Calls refused, for any reason. */
  readonly refusals: Metric;
  /** Reads of a key that DynamoDB throttled. */
  readonly readsThrottled: Metric;
  /** Decisions whose limits could not be looked at. */
  readonly limitsUnavailable: Metric;
  /** Caches of the gateway that could not be reset. */
  readonly resetsFailed: Metric;
  /** Expression that draws a line for each reason that occurred, from the metric `RefusalsByReason`. */
  readonly refusalsByReason: string;

  private readonly namespace: string;

  constructor(scope: Construct, id: string, props: LogMetricsProps) {
    super(scope, id);
    const authorizer = { Authorizer: props.authorizer };
    this.namespace = props.namespace;
    this.faults = this.ofType('Faults', 'authorizer_fault', authorizer);
    // Beyond the caps one line tells of many calls.
    this.refusals = this.metric('Refusals', '$.type', REFUSAL_LINE, authorizer, '$.count');
    this.readsThrottled = this.ofType('ReadsThrottled', 'read_throttled', authorizer);
    this.limitsUnavailable = this.ofType('LimitsUnavailable', 'limits_unavailable', authorizer);
    this.resetsFailed = this.ofType('ResetsFailed', 'reset_failed', props.resetters);
    // The line that the runtime itself writes about a thrown error.
    this.unauthorized = this.metric('Unauthorized', '$.message.errorMessage', 'Unauthorized', authorizer);

    new MetricFilter(this, 'RefusalsByReason', {
      logGroup: props.authorizer.logGroup,
      filterPattern: FilterPattern.stringValue('$.type', '=', REFUSAL_LINE),
      metricNamespace: props.namespace,
      metricName: 'RefusalsByReason',
      metricValue: '$.count',
      // A closed list of some thirty: each value is a metric that is paid for.
      dimensions: { Reason: '$.reason' },
    });
    this.refusalsByReason = `SEARCH('{"${props.namespace}",Reason} MetricName="RefusalsByReason"', 'Sum', 300)`;
  }

  private ofType(metricName: string, type: LogType, functions: Functions): Metric {
    return this.metric(metricName, '$.type', type, functions);
  }

  private metric(
    metricName: string,
    field: string,
    value: string,
    functions: Functions,
    metricValue?: string,
  ): Metric {
    for (const [name, { logGroup }] of Object.entries(functions)) {
      new MetricFilter(this, `${metricName}Of${name}`, {
        logGroup,
        filterPattern: FilterPattern.stringValue(field, '=', value),
        metricNamespace: this.namespace,
        metricName,
        ...(metricValue !== undefined && { metricValue }),
      });
    }
    return new Metric({
      namespace: this.namespace,
      metricName,
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  }
}
