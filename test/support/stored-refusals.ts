import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { REFUSALS, type RefusalReason } from '../../lambdas/core/refusals/refusal.ts';
import { RefusalItem } from '../../lambdas/platform/dynamodb/items.ts';
import { listedByTime, LISTINGS, refusalItemKey } from '../../lambdas/platform/dynamodb/keys.ts';
import type { ManagementHarness } from './management-harness.ts';

/** Stores a refused call as the usage function does. */
export async function storeRefusal(
  { table: { store }, apis, time }: ManagementHarness,
  reason: RefusalReason,
  more: Partial<RefusalItem> & Pick<RefusalItem, 'requestId'>,
): Promise<RefusalItem> {
  const { code, status } = REFUSALS[reason];
  const refusal = RefusalItem.parse({
    at: time.now,
    reason,
    code,
    status,
    apiId: apis.pizza,
    environment: 'PRODUCTION',
    sourceIp: '198.51.100.7',
    ...more,
  });
  const { requestId, keyUUID, at } = refusal;
  const listing = keyUUID === undefined ? {} : listedByTime(LISTINGS.refusalsOf(keyUUID), at, requestId);
  await store.client.send(
    new PutCommand({
      TableName: store.tableName,
      Item: { ...refusalItemKey(requestId), ...refusal, ...listing },
    }),
  );
  return refusal;
}
