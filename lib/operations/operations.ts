import { CfnOutput } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { BundledFunction } from '../internal/core/bundled-function.ts';
import { alarmTopic } from './alarm-topic.ts';
import { LogMetrics } from './log-metrics.ts';
import { operationsDashboard } from './operations-dashboard.ts';
import { operationsMetrics, type OperatedParts } from './operations-metrics.ts';
import { watches } from './watches.ts';

export interface OperationsProps extends OperatedParts {
  /** Part of the names of alarms, dashboard and metrics. */
  readonly stage: string;
  /** Who is told of alarms, beside those who subscribe to the topic themselves. */
  readonly alarmEmail?: string;
  /** Functions that reset the gateway's caches, by name. */
  readonly resetters: Readonly<Record<string, BundledFunction>>;
}

/** Dashboard and alarms. The description of each alarm names the place of `docs/operate/alarms.md` that says what to do. */
export class Operations extends Construct {
  /** What only the logs tell. */
  readonly logs: LogMetrics;

  constructor(scope: Construct, id: string, props: OperationsProps) {
    super(scope, id);
    const { stage, alarmEmail } = props;
    this.logs = new LogMetrics(this, 'LogMetrics', {
      namespace: `Keybound/${stage}`,
      authorizer: props.authorizer,
      resetters: props.resetters,
    });
    const metrics = operationsMetrics(props, this.logs);
    const topic = alarmTopic(this, 'Alarms', alarmEmail === undefined ? {} : { email: alarmEmail });
    const alarms = Object.entries(watches(metrics)).map(([name, watch]) => {
      const alarm = new Alarm(this, name, {
        alarmName: `keybound-${stage}-${name}`,
        alarmDescription: `${watch.says} What to do: docs/operate/alarms.md#${runbookOf(name)}`,
        metric: watch.metric,
        threshold: watch.atLeast,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: watch.periods ?? 1,
        // Most are counts of what should not happen: no data means that it did not.
        treatMissingData: watch.missing ?? TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
      return alarm;
    });
    operationsDashboard(this, 'Dashboard', { ...props, metrics, alarms });
    new CfnOutput(scope, 'AlarmTopicArn', {
      value: topic.topicArn,
      description: 'Topic that every alarm notifies',
    });
  }
}

/** Alarms of one kind for several functions or queues share a runbook: `stream-age`, `dead-letters`. */
function runbookOf(name: string): string {
  return `alarm-${name.replace(/^(stream-age|dead-letters)-.*$/, '$1')}`;
}
