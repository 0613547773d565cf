import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { LISTING_INDEX, TTL_ATTRIBUTE } from '../lambdas/platform/dynamodb/keys.ts';

export interface KeyTableProps {
  readonly deletionProtection: boolean;
  readonly removalPolicy: RemovalPolicy;
}

/** The one table; `lambdas/platform/dynamodb/keys.ts` says what is in it. */
export function keyTable(scope: Construct, id: string, props: KeyTableProps): TableV2 {
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
    ...props,
  });
}
