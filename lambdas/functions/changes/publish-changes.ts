import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { AuditItem } from '../../platform/dynamodb/items.ts';
import { describeError } from '../../platform/log.ts';
import { describeChange } from './describe-change.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import { plainItem } from '../../platform/dynamodb/plain-item.ts';
import { publishEvents, type Publisher } from './publish-events.ts';

/**
 * Publishes what new entries of the audit trail tell of. Every change of the table writes its entry in the same
 * transaction, so that there is an event for each change that happened, and none for one that did not.
 * @returns the records that must be delivered again.
 */
export async function publishChanges(
  publisher: Publisher,
  records: readonly DynamoDBRecord[],
): Promise<DynamoDBBatchResponse> {
  const changes = records.flatMap((record) => {
    const event = eventOf(publisher, record);
    return event === undefined ? [] : [{ event, sequenceNumber: record.dynamodb?.SequenceNumber ?? '' }];
  });
  const missing = await publishEvents(
    publisher,
    changes.map(({ event }) => event),
  );
  return {
    batchItemFailures: missing.map((index) => ({ itemIdentifier: changes[index]?.sequenceNumber ?? '' })),
  };
}

/** An entry that cannot be understood is logged: delivered again, it would be no clearer. */
function eventOf({ log }: Publisher, { dynamodb }: DynamoDBRecord): LifecycleEvent | undefined {
  if (dynamodb?.NewImage === undefined) return undefined;
  const sequenceNumber = dynamodb.SequenceNumber;
  try {
    const entry = AuditItem.parse(plainItem(dynamodb.NewImage));
    const description = describeChange(entry);
    if (description.type === 'unknown') {
      const { auditId, action } = entry;
      log({ level: 'WARN', type: 'unknown_action', auditId, action, sequenceNumber });
    }
    return description.type === 'event' ? description.event : undefined;
  } catch (error) {
    log({ level: 'ERROR', type: 'unreadable_change', sequenceNumber, ...describeError(error) });
    return undefined;
  }
}
