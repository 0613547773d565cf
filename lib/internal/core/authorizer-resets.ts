import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { LONGEST_RESULT_TTL_SECONDS } from '../../../lambdas/core/decision/freshness.ts';
import { allowResets } from './allow-resets.ts';
import { allowTable } from './allow-table.ts';
import { BundledFunction } from './bundled-function.ts';
import { coreFunctionEntry } from './core-function.ts';
import { deadLetterQueue, keepFailedEvents } from './dead-letter-queue.ts';
import { followAuditTrail } from './follow-audit-trail.ts';
import type { KeyTable } from './key-table.ts';

export interface AuthorizerResetsProps {
  /** Part of the rule's name. */
  readonly stage: string;
  readonly table: KeyTable;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** After that long, plus a few minutes, API Gateway has forgotten by itself what a reset would make it forget. */
const RECORD_AGE = Duration.seconds(LONGEST_RESULT_TTL_SECONDS).plus(Duration.minutes(5));

/**
 * Makes API Gateway forget the decisions that it repeats when changes, or time, have made them wrong. The first reset
 * after a change is sent by the function that publishes events; this is the one that does not give up.
 */
export class AuthorizerResets extends Construct {
  readonly resets: BundledFunction;
  /** Tells of the records after which stages could not be reset while it mattered, and holds the runs that failed. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: AuthorizerResetsProps) {
    super(scope, id);
    const { stage, table, logRetention, removalPolicy } = props;
    this.undelivered = deadLetterQueue(this, 'Undelivered', removalPolicy);
    this.resets = new BundledFunction(this, 'Resets', {
      entry: coreFunctionEntry('resets'),
      description: 'Resets what API Gateway keeps of decisions',
      environment: { TABLE_NAME: table.tableName },
      memorySize: 256,
      // It waits, and sends three resets a second: time for every HTTP API that a region may have.
      timeout: Duration.minutes(10),
      logRetention,
      removalPolicy,
    });
    allowResets(this.resets);
    allowTable(this.resets, table, 'Resets/Resets');
    // The second follower: see `LifecycleEvents` for the first.
    followAuditTrail(this, 'Changes', this.resets, {
      table,
      undelivered: this.undelivered,
      // It waits anyway: the more records come together, the fewer resets there are.
      maxBatchingWindow: Duration.seconds(5),
      maxRecordAge: RECORD_AGE,
    });
    this.followTime(stage);
  }

  private followTime(stage: string): void {
    new Rule(this, 'Ends', {
      ruleName: `keybound-${stage}-ends`,
      description: 'Looks for API key values that end within a minute',
      schedule: Schedule.cron({ minute: '*' }),
      targets: [
        new LambdaFunction(this.resets.function, { retryAttempts: 2, deadLetterQueue: this.undelivered }),
      ],
    });
    keepFailedEvents(this.resets.function, this.undelivered);
  }
}
