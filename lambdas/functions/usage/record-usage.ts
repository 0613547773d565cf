import type { CloudWatchLogsEvent } from 'aws-lambda';
import { logGroupItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { LogGroupItem } from '../../platform/dynamodb/registration-items.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import type { Log } from '../../platform/log.ts';
import { addOnce } from './add-once.ts';
import { countCalls } from './count-calls.ts';
import { proveCalls } from './prove-calls.ts';
import { readBatch } from './read-batch.ts';
import { readLines } from './read-lines.ts';
import { recordLastUse } from './record-last-use.ts';
import { recordRefusals } from './record-refusals.ts';

export interface UsageDependencies {
  readonly store: Store;
  readonly log: Log;
  /** Name of the log group of the authorizer function. */
  readonly authorizerLogGroup: string;
}

/**
 * Counts the calls of a batch of log as a subscription filter delivers it, records its refusals up to their caps, and
 * notes down when keys were last used. A batch can come more than once, late, and beside others: it counts once, and
 * what is noted never goes back. Lines count only for the API whose log group they are from; a group that no API has
 * registered tells of nothing.
 * @throws Error when the table did not take it all, for the invocation to be tried again.
 */
export async function recordUsage(
  { store, log, authorizerLogGroup }: UsageDependencies,
  { awslogs }: CloudWatchLogsEvent,
): Promise<void> {
  const { digest, logGroup, events } = readBatch(awslogs.data);
  if (logGroup === authorizerLogGroup) {
    const { refusals, refusalCounts, malformed } = readLines(events, 'authorizer');
    if (malformed > 0) log({ level: 'WARN', type: 'usage_malformed', lines: malformed });
    await addOnce(store, digest, countCalls([], [...refusals, ...refusalCounts]));
    await recordRefusals(store, refusals);
    return;
  }
  const group = await readItem(store, logGroupItemKey(logGroup), LogGroupItem);
  if (group === undefined) {
    if (events.length > 0) log({ level: 'WARN', type: 'usage_foreign', lines: events.length });
    return;
  }
  const { calls, malformed } = readLines(events, group);
  const proven = await proveCalls(store, group, calls);
  const doubtful = calls.filter((call, place) => proven[place]?.key?.keyUUID !== call.key?.keyUUID).length;
  if (malformed > 0) log({ level: 'WARN', type: 'usage_malformed', lines: malformed });
  if (doubtful > 0) log({ level: 'WARN', type: 'usage_unproven', lines: doubtful });
  await addOnce(store, digest, countCalls(calls, []), countCalls(proven, []));
  await recordLastUse(store, proven);
}
