import { gunzipSync } from 'node:zlib';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import { z } from 'zod';
import type { KeyUsage } from '../core/key-usage.ts';
import { KeyReferenceItem, UsageItem } from '../platform/dynamodb/items.ts';
import { keyReferenceKey, TTL_ATTRIBUTE, usageKey } from '../platform/dynamodb/keys.ts';
import { readItems, type Store } from '../platform/dynamodb/store.ts';
import type { Log } from '../platform/log.ts';
import { raiseUsage } from './raise-usage.ts';
import { readCalls } from './read-calls.ts';

export interface UsageDependencies {
  readonly store: Store;
  readonly log: Log;
}

const KEYS_AT_ONCE = 25;

const Batch = z.object({ messageType: z.string(), logEvents: z.array(z.object({ message: z.string() })) });
const ExistingKey = KeyReferenceItem.extend({
  keyUUID: z.string(),
  [TTL_ATTRIBUTE]: z.number().exactOptional(),
});

/**
 * Notes down when keys were last used, from a batch of access log as a subscription filter delivers it. A batch can
 * come more than once, late, and beside others: what is noted never goes back. Keys that do not exist are passed over.
 * @throws Error when the table did not take it all, for the invocation to be tried again.
 */
export async function recordUsage(
  { store, log }: UsageDependencies,
  { awslogs }: CloudWatchLogsEvent,
): Promise<void> {
  const { usage, malformed } = readCalls(linesOf(awslogs.data), store.clock());
  if (malformed > 0) log({ level: 'WARN', type: 'usage_malformed', lines: malformed });
  const used = [...usage];
  for (let start = 0; start < used.length; start += KEYS_AT_ONCE) {
    await recordKeys(store, used.slice(start, start + KEYS_AT_ONCE));
  }
}

async function recordKeys(store: Store, used: readonly (readonly [string, KeyUsage])[]): Promise<void> {
  const ids = used.map(([keyUUID]) => keyUUID);
  const [references, stored] = await Promise.all([
    readItems(store, ids.map(keyReferenceKey), ExistingKey),
    readItems(store, ids.map(usageKey), UsageItem),
  ]);
  const keys = new Map(references.map((reference) => [reference.keyUUID, reference]));
  const known = new Map(stored.map((item) => [item.keyUUID, item]));
  await Promise.all(
    used.map(async ([keyUUID, seen]) => {
      const key = keys.get(keyUUID);
      if (key !== undefined) await raiseUsage(store, key, known.get(keyUUID), seen);
    }),
  );
}

function linesOf(data: string): readonly string[] {
  const text = gunzipSync(Buffer.from(data, 'base64')).toString('utf8');
  const { messageType, logEvents } = Batch.parse(JSON.parse(text));
  // A CONTROL_MESSAGE only asks whether the function is there.
  return messageType !== 'DATA_MESSAGE' ? [] : logEvents.map(({ message }) => message);
}
