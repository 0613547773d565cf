import { toEpochSeconds } from '../../platform/clock.ts';
import { batchItemKey, TTL_ATTRIBUTE } from '../../platform/dynamodb/keys.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { MAX_TRANSACTION_ITEMS, writeAll } from '../../platform/dynamodb/write-all.ts';
import { OutcomeUnknown, TableBusy, WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import { addToNumbers, create, type Write } from '../../platform/dynamodb/writes.ts';
import { backOff } from '../../platform/pause.ts';
import type { Increment } from './count-calls.ts';

/** Much longer than a batch can be delivered again, by CloudWatch Logs, Lambda, or an operator from a dead letter. */
const MARKERS_ARE_KEPT_SECONDS = 30 * 24 * 60 * 60;
/** The marker of the part is one write more. */
const INCREMENTS_OF_A_PART = MAX_TRANSACTION_ITEMS - 1;
const PARTS_AT_ONCE = 4;
const ATTEMPTS = 20;
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/**
 * Adds what follows from a batch, once, however often and beside itself this is called: in parts, each one transaction
 * with a marker that must not exist. The same batch must always be cut into the same parts; so `increments` follow
 * from its lines alone, in a fixed order.
 * @param counted what of it is added, by the same keys; what the table says now may decide that. Default: all.
 * @throws Error when some parts could not be written. The others are, and are passed over the next time.
 */
export async function addOnce(
  store: Store,
  digest: string,
  increments: readonly Increment[],
  counted = increments,
): Promise<void> {
  const added = new Map(counted.map((increment) => [placeOf(increment), increment]));
  const count = Math.ceil(increments.length / INCREMENTS_OF_A_PART);
  const parts = Array.from({ length: count }, (_, part) => ({
    part,
    increments: increments
      .slice(part * INCREMENTS_OF_A_PART, (part + 1) * INCREMENTS_OF_A_PART)
      .flatMap((increment) => added.get(placeOf(increment)) ?? []),
  }));
  const failures: unknown[] = [];
  for (let start = 0; start < parts.length; start += PARTS_AT_ONCE) {
    const results = await Promise.allSettled(
      parts
        .slice(start, start + PARTS_AT_ONCE)
        .map(({ part, increments: ofPart }) => addPart(store, digest, part, ofPart)),
    );
    for (const result of results) if (result.status === 'rejected') failures.push(result.reason);
  }
  if (failures.length > 0) {
    throw new Error(`parts of a batch that were not counted: ${failures.length} of ${parts.length}`, {
      cause: failures[0],
    });
  }
}

function placeOf({ key: { pk, sk } }: Increment): string {
  return `${pk}\n${sk}`;
}

async function addPart(
  store: Store,
  digest: string,
  part: number,
  increments: readonly Increment[],
): Promise<void> {
  if (increments.length === 0) return;
  const ttl = toEpochSeconds(store.clock()) + MARKERS_ARE_KEPT_SECONDS;
  const writes: readonly Write[] = [
    create(batchItemKey(digest, part), { [TTL_ATTRIBUTE]: ttl }),
    ...increments.map(({ key, counts, attributes, ttl: until }) =>
      addToNumbers(key, counts, { ...attributes, [TTL_ATTRIBUTE]: until }),
    ),
  ];
  for (let tried = 1; ; tried += 1) {
    try {
      await writeAll(store, writes);
      return;
    } catch (error) {
      // Only the marker has a condition: the part has been counted.
      if (error instanceof WriteConflict && error.unmet.length > 0) return;
      if (tried === ATTEMPTS || !canPass(error)) throw error;
      // Items of busy APIs are what other invocations write to at the same time.
      await backOff(tried, LONGEST_PAUSE_MILLISECONDS);
    }
  }
}

/** Where the outcome is not known, trying again is safe: the marker tells. */
function canPass(error: unknown): boolean {
  return error instanceof WriteConflict || error instanceof TableBusy || error instanceof OutcomeUnknown;
}
