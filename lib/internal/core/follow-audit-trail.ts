import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  FilterCriteria,
  StartingPosition,
  type EventSourceMappingOptions,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { auditPartition } from '../../../lambdas/platform/dynamodb/keys.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { KeyTable } from './key-table.ts';

export interface AuditTrailSettings extends Pick<
  EventSourceMappingOptions,
  'maxBatchingWindow' | 'bisectBatchOnError' | 'retryAttempts' | 'maxRecordAge'
> {
  readonly table: KeyTable;
  /** Is told of the records that the function gave up. */
  readonly undelivered: IQueue;
}

/** Invokes `follower` with the new entries of the audit trail, from the table's stream. A shard takes two followers. */
export function followAuditTrail(
  scope: Construct,
  id: string,
  follower: BundledFunction,
  { table, undelivered, ...settings }: AuditTrailSettings,
): void {
  const { tableStreamArn } = table;
  if (tableStreamArn === undefined) throw new Error('the table has no stream');
  follower.function.addToRolePolicy(
    new PolicyStatement({
      actions: [
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      ],
      resources: [tableStreamArn],
    }),
  );
  new EventSourceMapping(scope, id, {
    ...settings,
    target: follower.function,
    eventSourceArn: tableStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    filters: [
      FilterCriteria.filter({
        eventName: ['INSERT'],
        dynamodb: { Keys: { pk: { S: [{ prefix: auditPartition('') }] } } },
      }),
    ],
    reportBatchItemFailures: true,
    onFailure: new SqsDlq(undelivered),
  });
}
