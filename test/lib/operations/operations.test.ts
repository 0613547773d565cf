import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditPartition } from '../../../lambdas/platform/dynamodb/keys.ts';
import { synthesizeCore } from '../core-stack.ts';

const stack = synthesizeCore({ alarmEmail: 'ops@example.com' });

const Dimensions = z.array(z.object({ Name: z.string(), Value: z.string() })).default([]);
const Stat = z.object({
  Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions }),
  Stat: z.string(),
  Period: z.literal(300),
});
const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.string()),
  OKActions: z.array(z.string()),
  ComparisonOperator: z.literal('GreaterThanOrEqualToThreshold'),
  Threshold: z.number(),
  EvaluationPeriods: z.number(),
  TreatMissingData: z.enum(['notBreaching', 'ignore']),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.literal(300).optional(),
  Dimensions,
  Metrics: z.array(z.object({ Expression: z.string().optional(), MetricStat: Stat.optional() })).optional(),
});
type Alarm = z.infer<typeof Alarm>;

const alarms = new Map(
  stack.ofType('AWS::CloudWatch::Alarm').map(({ properties }) => {
    const alarm = Alarm.parse(properties);
    return [alarm.AlarmName.replace('keybound-dev-', ''), alarm];
  }),
);

function watched(alarm: Alarm): string {
  if (alarm.Metrics === undefined) {
    const { Namespace = '', MetricName = '', Statistic, ExtendedStatistic } = alarm;
    return describeMetric(Namespace, MetricName, Statistic ?? ExtendedStatistic ?? '', alarm.Dimensions);
  }
  const expression = alarm.Metrics.flatMap(({ Expression }) => Expression ?? []);
  const stats = alarm.Metrics.flatMap(({ MetricStat }) =>
    MetricStat === undefined
      ? []
      : describeMetric(
          MetricStat.Metric.Namespace,
          MetricStat.Metric.MetricName,
          MetricStat.Stat,
          MetricStat.Metric.Dimensions,
        ),
  );
  return [...expression, ...stats].join(' | ');
}

function describeMetric(
  namespace: string,
  name: string,
  statistic: string,
  dimensions: z.infer<typeof Dimensions>,
): string {
  return [statistic, `${namespace}/${name}`, ...dimensions.map(({ Name, Value }) => `${Name}=${Value}`)].join(
    ' ',
  );
}

/** Name, what is watched, threshold, periods of five minutes. */
const EXPECTED: readonly (readonly [string, string, number, number])[] = [
  [
    'authorizer-errors',
    'FILL(errors, 0) - FILL(unauthorized, 0) | Sum AWS/Lambda/Errors FunctionName=${Authorizer/Function} | Sum Keybound/dev/Unauthorized',
    5,
    2,
  ],
  ['authorizer-faults', 'Sum Keybound/dev/Faults', 5, 1],
  ['authorizer-duration', 'p99 AWS/Lambda/Duration FunctionName=${Authorizer/Function}', 1000, 3],
  ['authorizer-throttles', 'Sum AWS/Lambda/Throttles FunctionName=${Authorizer/Function}', 1, 1],
  [
    'refused-share',
    'IF(FILL(refused, 0) >= 100, 100 * FILL(refused, 0) / decisions, 0) | Sum Keybound/dev/Refusals | Sum AWS/Lambda/Invocations FunctionName=${Authorizer/Function}',
    50,
    3,
  ],
  ['reads-throttled', 'Sum Keybound/dev/ReadsThrottled', 1, 2],
  [
    'table-throttles',
    'FILL(reads, 0) + FILL(writes, 0) | Sum AWS/DynamoDB/ReadThrottleEvents TableName=${Table} | Sum AWS/DynamoDB/WriteThrottleEvents TableName=${Table}',
    10,
    2,
  ],
  ['limits-unavailable', 'Sum Keybound/dev/LimitsUnavailable', 5, 1],
  ['resets-failed', 'Sum Keybound/dev/ResetsFailed', 1, 1],
  [
    'stream-age-events',
    'Maximum AWS/Lambda/IteratorAge FunctionName=${Events/Publisher/Function}',
    300_000,
    2,
  ],
  ['stream-age-resets', 'Maximum AWS/Lambda/IteratorAge FunctionName=${Resets/Resets/Function}', 300_000, 2],
  [
    'dead-letters-events',
    'Maximum AWS/SQS/ApproximateNumberOfMessagesVisible QueueName=${Events/Undelivered.QueueName}',
    1,
    1,
  ],
  [
    'dead-letters-resets',
    'Maximum AWS/SQS/ApproximateNumberOfMessagesVisible QueueName=${Resets/Undelivered.QueueName}',
    1,
    1,
  ],
  [
    'dead-letters-usage',
    'Maximum AWS/SQS/ApproximateNumberOfMessagesVisible QueueName=${UndeliveredUsage.QueueName}',
    1,
    1,
  ],
  ['management-errors', 'Sum AWS/ApiGateway/5xx ApiId=${Management/Api}', 5, 1],
  ['usage-errors', 'Sum AWS/Lambda/Errors FunctionName=${Usage/Function}', 3, 2],
];

describe('the alarms of the core', () => {
  it.each(EXPECTED)('%s watches %s, from %d on, for %d periods', (name, what, threshold, periods) => {
    const alarm = alarms.get(name);
    if (alarm === undefined) throw new Error(`there is no alarm ${name}`);
    expect(watched(alarm)).toBe(what);
    expect(alarm.Threshold).toBe(threshold);
    expect(alarm.EvaluationPeriods).toBe(periods);
  });

  it('are those that the operations need, and no others', () => {
    expect([...alarms.keys()].toSorted()).toEqual(EXPECTED.map(([name]) => name).toSorted());
  });

  it('tell the topic when they begin and when they end', () => {
    for (const { AlarmActions, OKActions } of alarms.values()) {
      expect(AlarmActions).toEqual(['${Operations/Alarms}']);
      expect(OKActions).toEqual(['${Operations/Alarms}']);
    }
  });

  it('take no data for no trouble, but for queues, which fall silent while messages wait', () => {
    for (const [name, { TreatMissingData }] of alarms) {
      expect(TreatMissingData).toBe(name.startsWith('dead-letters-') ? 'ignore' : 'notBreaching');
    }
  });

  it('follow every function that reads the stream, and every queue for what could not be processed', () => {
    const followers = stack
      .ofType('AWS::Lambda::EventSourceMapping')
      .map(({ properties }) => String(properties['FunctionName']));
    const watchedAll = [...alarms.values()].map(watched).join('\n');
    expect(followers.length).toBeGreaterThan(0);
    for (const follower of followers) expect(watchedAll).toContain(`IteratorAge FunctionName=${follower}`);
    const queues = stack.ofType('AWS::SQS::Queue');
    expect(queues.length).toBeGreaterThan(1);
    for (const { path } of queues) expect(watchedAll).toContain(`QueueName=\${${path}.QueueName}`);
  });
});

describe('the topic of the alarms', () => {
  it('is encrypted with a key that turns over, and that CloudWatch may use for this account only', () => {
    expect(stack.at('Operations/Alarms').properties).toMatchObject({
      KmsMasterKeyId: '${Operations/AlarmsKey.Arn}',
    });
    expect(stack.at('Operations/AlarmsKey').properties).toMatchObject({ EnableKeyRotation: true });
    const cloudWatch = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '${AWS::AccountId}' } },
    };
    expect(statements('Operations/AlarmsKey', 'KeyPolicy')).toContainEqual({
      ...cloudWatch,
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
    });
    expect(statements('Operations/Alarms/Policy', 'PolicyDocument')).toContainEqual(
      expect.objectContaining({ ...cloudWatch, Action: 'sns:Publish', Resource: '${Operations/Alarms}' }),
    );
  });

  it('takes publications over TLS only', () => {
    expect(statements('Operations/Alarms/Policy', 'PolicyDocument')).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sns:Publish',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  it('mails to the address that it is given, and to nobody without one', () => {
    const subscriptions = stack.ofType('AWS::SNS::Subscription').map(({ properties }) => properties);
    expect(subscriptions).toEqual([
      { Endpoint: 'ops@example.com', Protocol: 'email', TopicArn: '${Operations/Alarms}' },
    ]);
    expect(synthesizeCore().ofType('AWS::SNS::Subscription')).toEqual([]);
  });

  function statements(path: string, property: string): readonly unknown[] {
    const Policy = z.object({ Statement: z.array(z.unknown()) });
    return Policy.parse(stack.at(path).properties[property]).Statement;
  }
});

describe('the dashboard of the core', () => {
  const body = String(stack.at('Operations/Dashboard').properties['DashboardBody']);

  it('is named after the stage and shows each alarm, and each metric that an alarm watches', () => {
    expect(stack.at('Operations/Dashboard').properties['DashboardName']).toBe('keybound-dev');
    for (const { path } of stack.ofType('AWS::CloudWatch::Alarm')) expect(body).toContain(`\${${path}.Arn}`);
    const names = [...alarms.values()].flatMap(
      ({ MetricName, Metrics = [] }) =>
        MetricName ?? Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []),
    );
    expect(names.length).toBeGreaterThan(EXPECTED.length);
    for (const name of names) expect(body).toContain(`"${name}"`);
  });

  it('draws refusals by reason', () => {
    expect(body).toContain(
      String.raw`SEARCH('{\"Keybound/dev\",Reason} MetricName=\"RefusalsByReason\"', 'Sum', 300)`,
    );
  });
});

describe('what functions fail at', () => {
  it('is, for the recorder of usage, tried twice more, and then kept for two weeks in an encrypted queue', () => {
    const [config] = stack
      .ofType('AWS::Lambda::EventInvokeConfig')
      .filter(({ properties }) => properties['FunctionName'] === '${Usage/Function}');
    expect(config?.properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: '${UndeliveredUsage.Arn}' } },
    });
    expect(stack.at('UndeliveredUsage').properties).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
  });

  it('is read from the stream again by the filter that its followers have: new entries of the audit trail', () => {
    const followed = {
      eventName: ['INSERT'],
      dynamodb: { Keys: { pk: { S: [{ prefix: auditPartition('') }] } } },
    };
    const mappings = stack.ofType('AWS::Lambda::EventSourceMapping');
    for (const { properties } of mappings) {
      expect(properties['FilterCriteria']).toEqual({ Filters: [{ Pattern: JSON.stringify(followed) }] });
    }
  });

  it('can be found, as can the events that were not delivered', () => {
    expect(stack.outputs).toMatchObject({
      UndeliveredEventsUrl: '${Events/Undelivered}',
      UndeliveredUsageUrl: '${UndeliveredUsage}',
    });
  });
});
