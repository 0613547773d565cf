import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  auditPartition,
  keyReferenceKey,
  LISTING_INDEX,
  LISTINGS,
  ownerPartition,
} from '../lambdas/platform/dynamodb/keys.ts';
import { allowResets } from './allow-resets.ts';
import { BundledFunction } from './bundled-function.ts';
import { deadLetterQueue, keepFailedEvents } from './dead-letter-queue.ts';

export interface LifecycleEventsProps {
  /** Part of the bus's name. */
  readonly stage: string;
  readonly table: TableV2;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The events about keys, subscriptions, applications and APIs, on a bus of their own: made of the audit entries in
 * the table's stream, and, of what time does to keys, by a schedule.
 */
export class LifecycleEvents extends Construct {
  readonly bus: EventBus;
  /** Tells of the records whose events could not be published, and holds the runs of the schedule that failed. */
  readonly undelivered: Queue;
  /** Follows the table's stream. */
  readonly publisher: BundledFunction;

  constructor(scope: Construct, id: string, props: LifecycleEventsProps) {
    super(scope, id);
    const { stage, table, logRetention, removalPolicy } = props;
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: `keybound-${stage}`,
      description: 'What happens to API keys, subscriptions, applications and APIs of Keybound',
    });
    this.undelivered = deadLetterQueue(this, 'Undelivered', removalPolicy);
    this.publisher = new BundledFunction(this, 'Publisher', {
      entry: new URL('../lambdas/changes/handler.ts', import.meta.url).pathname,
      description: 'Publishes lifecycle events, and resets decisions that changes have made wrong',
      environment: { TABLE_NAME: table.tableName, EVENT_BUS_NAME: this.bus.eventBusName },
      memorySize: 256,
      timeout: Duration.minutes(2),
      logRetention,
      removalPolicy,
    });
    this.allow(['events:PutEvents'], this.bus.eventBusArn);
    this.followChanges(table);
    this.remindOfExpiry(table, stage);
    // It is the first to learn of changes, and a shard takes no third reader: see `AuthorizerResets`.
    allowResets(this.publisher, table);
  }

  private followChanges(table: TableV2): void {
    const stream = table.tableStreamArn;
    if (stream === undefined) throw new Error('the table has no stream');
    const target = this.publisher.function;
    this.allow(
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      stream,
    );
    new EventSourceMapping(this, 'Changes', {
      target,
      eventSourceArn: stream,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      filters: [
        FilterCriteria.filter({
          eventName: ['INSERT'],
          dynamodb: { Keys: { pk: { S: [{ prefix: auditPartition('') }] } } },
        }),
      ],
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(6),
      onFailure: new SqsDlq(this.undelivered),
    });
  }

  private remindOfExpiry(table: TableV2, stage: string): void {
    const keys = `${keyReferenceKey('').pk}*`;
    const index = `${table.tableArn}/index/${LISTING_INDEX}`;
    this.allow(['dynamodb:Query'], index, [`${LISTINGS.expiringOn('')}*`]);
    this.allow(['dynamodb:BatchGetItem'], table.tableArn, [`${ownerPartition('')}*`, keys]);
    this.allow(['dynamodb:PutItem'], table.tableArn, [keys]);
    new Rule(this, 'Reminders', {
      ruleName: `keybound-${stage}-reminders`,
      description: 'Looks for API keys that expire soon or have expired',
      // More than once a day: that a key has expired is told within the hour, and a run that fails is made up for.
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [
        new LambdaFunction(this.publisher.function, { retryAttempts: 2, deadLetterQueue: this.undelivered }),
      ],
    });
    keepFailedEvents(this.publisher.function, this.undelivered);
  }

  /** `partitions`: patterns of the partition keys that are allowed; absent: what has none. */
  private allow(actions: readonly string[], resource: string, partitions?: readonly string[]): void {
    this.publisher.function.addToRolePolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [resource],
        ...(partitions !== undefined && {
          conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...partitions] } },
        }),
      }),
    );
  }
}
