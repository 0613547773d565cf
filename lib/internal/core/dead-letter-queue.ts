import { acknowledge } from '../checks/acknowledge-findings.ts';
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption, type IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * A queue for what could not be processed, as long as SQS keeps anything: two weeks.
 * `docs/operate/dead-letters.md` says how its messages are replayed.
 */
export function deadLetterQueue(scope: Construct, id: string, removalPolicy: RemovalPolicy): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy,
  });
  acknowledge(queue, {
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason:
      'It is a dead-letter queue itself, of functions and event sources, which cdk-nag does not look at.',
  });
  return queue;
}

/**
 * Puts events into `queue`, whole, that `target` was invoked with asynchronously and failed at three times. Events
 * that cannot be handed over at all, because the function is throttled, are tried for six hours.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function keepFailedEvents(target: IFunction, queue: IQueue): void {
  target.configureAsyncInvoke({
    retryAttempts: 2,
    maxEventAge: Duration.hours(6),
    onFailure: new SqsDestination(queue),
  });
}
