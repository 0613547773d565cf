import type { DynamoDBRecord } from 'aws-lambda';
import type { GatewayStage } from '../../core/decision/environment.ts';
import { AuditItem } from '../../platform/dynamodb/items.ts';
import { plainItem } from '../../platform/dynamodb/plain-item.ts';
import { describeError, type Log } from '../../platform/log.ts';
import type { TableAccess } from '../frame/management.ts';
import { reachOfChange, type Reach } from './reach-of-change.ts';
import { stagesInReach } from './stages-in-reach.ts';

/** A stream record, and the stages whose repeated decisions it may have made wrong; at least one. */
export interface ChangedStages {
  readonly record: DynamoDBRecord;
  readonly stages: readonly GatewayStage[];
}

/**
 * Looks through records of the audit trail for changes that repeated decisions do not know of. A record that cannot be
 * understood is logged and passed over: delivered again, it would be no clearer.
 */
export async function stagesOfChanges(
  access: TableAccess & { readonly log: Log },
  records: readonly DynamoDBRecord[],
): Promise<readonly ChangedStages[]> {
  const changes = await Promise.all(
    records.map(async (record) => {
      const reach = reachOfRecord(access.log, record);
      return { record, stages: reach === undefined ? [] : await stagesInReach(access, reach) };
    }),
  );
  return changes.filter(({ stages }) => stages.length > 0);
}

function reachOfRecord(log: Log, { dynamodb }: DynamoDBRecord): Reach | undefined {
  if (dynamodb?.NewImage === undefined) return undefined;
  try {
    return reachOfChange(AuditItem.parse(plainItem(dynamodb.NewImage)));
  } catch (error) {
    const sequenceNumber = dynamodb.SequenceNumber;
    log({ level: 'ERROR', type: 'unreadable_change', sequenceNumber, ...describeError(error) });
    return undefined;
  }
}
