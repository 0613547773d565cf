import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { allowResets } from './allow-resets.ts';
import { allowTable } from './allow-table.ts';
import { BundledFunction } from './bundled-function.ts';
import { coreFunctionEntry } from './core-function.ts';
import { deadLetterQueue, keepFailedEvents } from './dead-letter-queue.ts';
import { followAuditTrail } from './follow-audit-trail.ts';
import type { KeyTable } from './key-table.ts';

export interface LifecycleEventsProps {
  /** Part of the bus's name. */
  readonly stage: string;
  readonly table: KeyTable;
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
      entry: coreFunctionEntry('changes'),
      description: 'Publishes lifecycle events, and resets decisions that changes have made wrong',
      environment: { TABLE_NAME: table.tableName, EVENT_BUS_NAME: this.bus.eventBusName },
      memorySize: 256,
      timeout: Duration.minutes(2),
      logRetention,
      removalPolicy,
    });
    this.publisher.function.addToRolePolicy(
      new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] }),
    );
    followAuditTrail(this, 'Changes', this.publisher, {
      table,
      undelivered: this.undelivered,
      bisectBatchOnError: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(6),
    });
    this.remindOfExpiry(stage);
    // It is the first to learn of changes, and a shard takes no third follower: see `AuthorizerResets`.
    allowResets(this.publisher);
    allowTable(this.publisher, table, 'Events/Publisher');
  }

  private remindOfExpiry(stage: string): void {
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
}
