import {
  DynamoDBServiceException,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { Fault } from '../../core/http/fault.ts';
import { isThrottle } from './is-throttle.ts';
import type { Store } from './store.ts';
import { OutcomeUnknown, TableBusy, WriteConflict } from './write-errors.ts';
import type { Write } from './writes.ts';

/** Most items of one `TransactWriteItems`. */
export const MAX_TRANSACTION_ITEMS = 100;
/** Reasons that pass by themselves: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const UNMET = 'ConditionalCheckFailed';
const CONFLICT_REASONS = new Set([UNMET, 'TransactionConflict']);
const BUSY_REASONS = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * Writes all or nothing. The SDK sends one token with every try, so that a try whose answer was lost is not
 * carried out twice.
 * @throws WriteConflict when a condition does not hold or another transaction holds an item; TableBusy; after both
 * nothing was written. OutcomeUnknown when no answer came, or one that leaves it open.
 */
export async function writeAll(store: Store, writes: readonly Write[]): Promise<void> {
  if (writes.length > MAX_TRANSACTION_ITEMS) {
    throw new Fault(
      'conflict',
      'Too many keys would change at once. Nothing was written; end grace periods first.',
    );
  }
  try {
    await store.client.send(new TransactWriteCommand(transactionParams(store.tableName, writes)));
  } catch (error) {
    throw writeError(error);
  }
}

function writeError(error: unknown): unknown {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map(({ Code: code }) => code ?? 'None');
    if (codes.some((code) => CONFLICT_REASONS.has(code))) {
      return new WriteConflict(codes.flatMap((code, place) => (code === UNMET ? [place] : [])));
    }
    return codes.some((code) => BUSY_REASONS.has(code)) ? new TableBusy(error) : error;
  }
  if (isThrottle(error)) return new TableBusy(error);
  // An earlier try of the same transaction is still at work.
  if (error instanceof TransactionInProgressException) return new OutcomeUnknown(error);
  // What the client got wrong is refused before it is carried out; all else may have been carried out.
  return error instanceof DynamoDBServiceException && error.$fault === 'client'
    ? error
    : new OutcomeUnknown(error);
}

function transactionParams(tableName: string, writes: readonly Write[]): TransactWriteCommandInput {
  return {
    TransactItems: writes.map((write) => {
      switch (write.type) {
        case 'put':
          return { Put: { TableName: tableName, Item: write.item, ...write.condition } };
        case 'update':
          return {
            Update: {
              TableName: tableName,
              Key: write.key,
              UpdateExpression: write.update,
              ...write.condition,
            },
          };
        case 'delete':
          return { Delete: { TableName: tableName, Key: write.key, ...write.condition } };
        case 'check':
          return { ConditionCheck: { TableName: tableName, Key: write.key, ...write.condition } };
      }
    }),
  };
}
