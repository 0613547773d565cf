import type { CloudWatchLogsEvent } from 'aws-lambda';
import type { Store } from '../platform/dynamodb/store.ts';
import type { Log } from '../platform/log.ts';
import { addOnce } from './add-once.ts';
import { countCalls } from './count-calls.ts';
import { readBatch } from './read-batch.ts';
import { readLines } from './read-lines.ts';
import { recordLastUse } from './record-last-use.ts';
import { recordRefusals } from './record-refusals.ts';

export interface UsageDependencies {
  readonly store: Store;
  readonly log: Log;
}

/**
 * Counts the calls of a batch of log as a subscription filter delivers it, records its refusals up to their caps, and notes down when
 * keys were last used. A batch can come more than once, late, and beside others: it counts once, and what is noted
 * never goes back.
 * @throws Error when the table did not take it all, for the invocation to be tried again.
 */
export async function recordUsage(
  { store, log }: UsageDependencies,
  { awslogs }: CloudWatchLogsEvent,
): Promise<void> {
  const { digest, events } = readBatch(awslogs.data);
  const { calls, refusals, refusalCounts, malformed } = readLines(events);
  if (malformed > 0) log({ level: 'WARN', type: 'usage_malformed', lines: malformed });
  await addOnce(store, digest, countCalls(calls, [...refusals, ...refusalCounts]));
  await recordRefusals(store, refusals);
  await recordLastUse(store, calls);
}
