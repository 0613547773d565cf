import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { LISTING_INDEX, TTL_ATTRIBUTE } from '../../../lambdas/platform/dynamodb/keys.ts';
import type { ChecksOf } from '../checks/check-props.ts';
import { mustMatch } from '../checks/prop-kinds.ts';

/** A table that is not this stack's: restored from a backup, with the keys, index, stream and TTL of the one before. */
export interface ExistingTable {
  /** @example 'arn:aws:dynamodb:eu-west-1:111122223333:table/keybound-restored' */
  readonly tableArn: string;
  /**
   * ARN of its stream of new and old images, without which no change becomes an event or a reset.
   * @example 'arn:aws:dynamodb:eu-west-1:111122223333:table/keybound-restored/stream/2026-01-31T12:00:00.000'
   */
  readonly tableStreamArn: string;
}
export const ExistingTable = z.object({
  tableArn: mustMatch(
    /^arn:[a-z-]+:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}$/,
    'the ARN of a DynamoDB table',
  ),
  tableStreamArn: mustMatch(
    /^arn:[a-z-]+:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}\/stream\/[\d:.T-]+$/,
    'the ARN of the stream of a DynamoDB table',
  ),
} satisfies ChecksOf<ExistingTable>);

/** What others need of it. */
export interface KeyTable {
  readonly tableName: string;
  readonly tableArn: string;
  readonly tableStreamArn?: string | undefined;
}

export interface KeyTableProps {
  readonly deletionProtection: boolean;
  readonly removalPolicy: RemovalPolicy;
  /** Absent: a key that AWS owns. */
  readonly encryptionKey?: IKey | undefined;
}

/** The one table; `lambdas/platform/dynamodb/keys.ts` says what is in it. */
export function keyTable(
  scope: Construct,
  id: string,
  { encryptionKey, ...retention }: KeyTableProps,
): TableV2 {
  return new TableV2(scope, id, {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    globalSecondaryIndexes: [
      {
        indexName: LISTING_INDEX,
        partitionKey: { name: 'listing', type: AttributeType.STRING },
        sortKey: { name: 'listingOrder', type: AttributeType.STRING },
      },
    ],
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: TTL_ATTRIBUTE,
    ...(encryptionKey !== undefined && { encryption: TableEncryptionV2.customerManagedKey(encryptionKey) }),
    ...retention,
  });
}

/**
 * Attaches a table that is there already.
 * @throws Error when the stream is another table's.
 */
export function attachTable(scope: Construct, id: string, existing: ExistingTable): KeyTable {
  if (!existing.tableStreamArn.startsWith(`${existing.tableArn}/stream/`)) {
    throw new Error(
      `${scope.node.path}: the stream ${existing.tableStreamArn} is not one of the table ${existing.tableArn}`,
    );
  }
  return TableV2.fromTableAttributes(scope, id, existing);
}
