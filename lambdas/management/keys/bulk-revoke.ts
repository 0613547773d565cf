import { groupBy } from '../../core/general/group-by.ts';
import type { Caller } from '../../core/http/caller.ts';
import { Fault, type FaultCode } from '../../core/http/fault.ts';
import type { KeyFilter } from '../../core/keys/key-filter.ts';
import type { ListedKeyItem } from '../../platform/dynamodb/items.ts';
import { isThrottle } from '../../platform/dynamodb/is-throttle.ts';
import type { Found } from '../../platform/dynamodb/query.ts';
import { OutcomeUnknown, TableBusy } from '../../platform/dynamodb/write-errors.ts';
import { describeError } from '../../platform/log.ts';
import { searchKeys, withApplications, type KeyOfAnyOwner } from './all-keys.ts';
import { scopeOf } from './key-items.ts';
import type { Management } from '../frame/management.ts';
import { revokeKey } from './revoke-key.ts';

/** Outcome for a key that matches the filter. `FOUND`: it would be revoked, but the request was a dry run. */
export const BULK_OUTCOMES = ['FOUND', 'REVOKED', 'ALREADY_REVOKED', 'FAILED'] as const;
export type BulkOutcome = (typeof BULK_OUTCOMES)[number];

export interface BulkFailure {
  /** `unknown`: the table did not say whether it revoked the key. `internal`: an error of ours. */
  readonly code: FaultCode | 'unknown' | 'internal';
  readonly message: string;
}

/** A key with what became of it. */
export interface BulkKey extends KeyOfAnyOwner {
  readonly outcome: BulkOutcome;
  readonly failure?: BulkFailure;
}

/** Sums over all steps so far. */
export interface BulkProgress {
  /** Keys that were checked. */
  readonly seen: number;
  readonly found: number;
  readonly revoked: number;
  readonly alreadyEnded: number;
  readonly failed: number;
}

export interface BulkStep {
  readonly keys: readonly BulkKey[];
  readonly progress: BulkProgress;
  /** Behind which key the next step goes on; absent: all keys were looked at. */
  readonly next?: string;
}

export const NO_PROGRESS: BulkProgress = { seen: 0, found: 0, revoked: 0, alreadyEnded: 0, failed: 0 };

/** For how long a step begins with further keys: well below the time-outs of the function and of API Gateway. */
const LONGEST_STEP_MILLISECONDS = 5_000;
/** For how long after that it finishes what it has begun, where keys of one application wait for each other. */
const LONGEST_REST_MILLISECONDS = 6_000;
/** Most keys that one answer reports. */
const MOST_KEYS_A_STEP = 250;
/** Keys between two looks at the clock. Those of different applications are revoked at the same time. */
const KEYS_AT_ONCE = 16;

/**
 * One step of revoking all keys that a filter fits, or of showing them (`dryRun`). Each revocation is a transaction of its
 * own, and one that fails keeps no other from being made. A step that breaks off can be repeated: the keys that it
 * revoked are then reported as such.
 * @throws Fault `bad_request` for an empty filter: it would fit every key.
 */
export async function bulkRevoke(
  management: Management,
  caller: Caller,
  filter: KeyFilter,
  how: {
    readonly dryRun: boolean;
    readonly reason?: string;
    readonly behind?: string;
    readonly progress?: BulkProgress;
  },
): Promise<BulkStep> {
  if (Object.keys(filter).length === 0) {
    throw new Fault('bad_request', 'The filter is empty: name at least one condition.');
  }
  const until = management.clock() + LONGEST_STEP_MILLISECONDS;
  const { behind, progress = NO_PROGRESS } = how;
  const from = behind === undefined ? {} : { behind };
  const done: BulkKey[] = [];
  let seen = progress.seen;
  const stop = (next?: string): BulkStep => ({
    keys: done,
    progress: totals(progress, seen, done),
    ...(next !== undefined && { next }),
  });
  for await (const { positions, matches, usage } of searchKeys(management, filter, from)) {
    for (const part of partsOf(matches)) {
      const outcomes = await Promise.all(
        queues(part).map((queue) => revokeInTurn(management, caller, queue, { ...how, until })),
      );
      const keys = part.map(({ item }) => item);
      const byId = new Map(outcomes.flat());
      const views = await withApplications(management, keys, usage);
      done.push(...views.map((view) => ({ ...view, ...(byId.get(view.key.keyUUID) ?? NOT_TRIED) })));
      const isFull = done.length + KEYS_AT_ONCE > MOST_KEYS_A_STEP;
      if (isFull || management.clock() >= until) {
        const position = part.at(-1)?.position ?? '';
        seen += positions.indexOf(position) + 1;
        return stop(position);
      }
    }
    seen += positions.length;
    const position = positions.at(-1);
    if (position !== undefined && management.clock() >= until) return stop(position);
  }
  return stop();
}

type Result = Pick<BulkKey, 'outcome' | 'failure'>;

const NOT_TRIED: Result = {
  outcome: 'FAILED',
  failure: {
    code: 'unavailable',
    message: 'The request ran out of time. The API key is not revoked; try again.',
  },
};

function* partsOf<T>(matches: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < matches.length; start += KEYS_AT_ONCE) {
    yield matches.slice(start, start + KEYS_AT_ONCE);
  }
}

/** Keys of one application write the same item: one after the other. */
function queues(part: readonly Found<ListedKeyItem>[]): readonly (readonly ListedKeyItem[])[] {
  return [...groupBy(part, ({ item }) => item.applicationId ?? item.keyUUID).values()].map((queue) =>
    queue.map(({ item }) => item),
  );
}

async function revokeInTurn(
  management: Management,
  caller: Caller,
  keys: readonly ListedKeyItem[],
  how: { readonly dryRun: boolean; readonly reason?: string; readonly until: number },
): Promise<readonly (readonly [string, Result])[]> {
  const results: (readonly [string, Result])[] = [];
  for (const key of keys) {
    const isLate = management.clock() >= how.until + LONGEST_REST_MILLISECONDS;
    results.push([key.keyUUID, isLate ? NOT_TRIED : await revokeOne(management, caller, key, how)]);
  }
  return results;
}

async function revokeOne(
  management: Management,
  caller: Caller,
  key: ListedKeyItem,
  { dryRun, reason }: { readonly dryRun: boolean; readonly reason?: string },
): Promise<Result> {
  if (key.status === 'REVOKED') return { outcome: 'ALREADY_REVOKED' };
  if (dryRun) return { outcome: 'FOUND' };
  const why = reason === undefined ? {} : { reason };
  try {
    const place = { owner: key.owner, scope: scopeOf(key), keyUUID: key.keyUUID };
    await revokeKey(management, { caller }, place, why).catch(async (error: unknown) => {
      if (!(error instanceof Fault) || error.code !== 'not_found') throw error;
      // It may have got another owner since the list was read.
      await revokeKey(management, { caller }, { keyUUID: key.keyUUID }, why);
    });
    return { outcome: 'REVOKED' };
  } catch (error) {
    const failure = failureOf(error, caller.requestId);
    if (failure.code === 'internal' || failure.code === 'unknown') {
      const { requestId } = caller;
      const { keyUUID } = key;
      management.log?.({
        level: 'ERROR',
        type: 'bulk_revoke_fault',
        requestId,
        keyUUID,
        ...describeError(error),
      });
    }
    return { outcome: 'FAILED', failure };
  }
}

function failureOf(error: unknown, requestId: string): BulkFailure {
  if (error instanceof Fault) return { code: error.code, message: error.message };
  if (error instanceof TableBusy || isThrottle(error)) {
    return { code: 'unavailable', message: 'The table is busy. The API key is not revoked; try again.' };
  }
  return error instanceof OutcomeUnknown
    ? { code: 'unknown', message: 'It is not known whether the API key is revoked; try again.' }
    : {
        code: 'internal',
        message: `Something went wrong on our side: ask your operator about request ${requestId}.`,
      };
}

function totals(before: BulkProgress, seen: number, done: readonly BulkKey[]): BulkProgress {
  const count = (outcome: BulkOutcome) => done.filter((key) => key.outcome === outcome).length;
  return {
    seen,
    found: before.found + done.length,
    revoked: before.revoked + count('REVOKED'),
    alreadyEnded: before.alreadyEnded + count('ALREADY_REVOKED'),
    failed: before.failed + count('FAILED'),
  };
}
