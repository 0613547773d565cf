import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { distinctStages, stageId } from '../../core/decision/environment.ts';
import { LATE_DECISION_SECONDS } from '../../core/decision/freshness.ts';
import { stagesOfChanges } from '../../management/gateway-cache/stages-of-changes.ts';
import { resetOrLog, waitUntil, type Resetting } from './resetting.ts';

/** A stream tells the second in which a record came about. */
const CREATION_PRECISION_SECONDS = 1;

/**
 * Makes API Gateway forget the decisions that changes have made wrong, once none of them can be on its way any more: a
 * decision that began before a change may be kept after the reset that followed at once. Waits for the newest record,
 * so that each stage of the batch is reset once.
 * @returns the records that must be delivered again.
 */
export async function resetAfterChanges(
  resetting: Resetting,
  records: readonly DynamoDBRecord[],
): Promise<DynamoDBBatchResponse> {
  const changes = await stagesOfChanges(resetting, records);
  const now = resetting.clock();
  await waitUntil(resetting, Math.max(now, ...changes.map(({ record }) => settledAt(record, now))));
  const stages = distinctStages(changes.flatMap((change) => change.stages));
  const failed = new Set((await resetOrLog(resetting, stages)).map(stageId));
  return {
    batchItemFailures: changes
      .filter((change) => change.stages.some((stage) => failed.has(stageId(stage))))
      .map(({ record }) => ({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' })),
  };
}

/** When no decision from before a record can come any more, in milliseconds since the epoch. */
function settledAt({ dynamodb }: DynamoDBRecord, now: number): number {
  const createdAtSeconds = dynamodb?.ApproximateCreationDateTime ?? now / 1000;
  return (createdAtSeconds + CREATION_PRECISION_SECONDS + LATE_DECISION_SECONDS) * 1000;
}
