import type { Caller } from '../core/caller.ts';
import { Fault } from '../core/fault.ts';
import { KeyItem } from '../platform/dynamodb/items.ts';
import { LISTINGS } from '../platform/dynamodb/keys.ts';
import { readListingPage } from '../platform/dynamodb/read-listings.ts';
import { withApplications, type KeyOfAnyOwner } from './all-keys.ts';
import { scopeOf } from './key-items.ts';
import { listKeysOf } from './key-reads.ts';
import { readUsage } from './key-usage.ts';
import type { Management } from './management.ts';
import { revokeKey } from './revoke-key.ts';

/** Which keys to revoke: those that every given part fits. */
export interface BulkFilter {
  /** Subject or name. */
  readonly owner?: string;
  readonly applicationId?: string;
  readonly apiId?: string;
  /** Milliseconds since the epoch. */
  readonly createdBefore?: number;
  /** Milliseconds since the epoch: the last use lies before, or, of a key never used, the creation. */
  readonly unusedSince?: number;
}

/** How many keys one call looks at; the next call goes on behind them. */
const KEYS_A_CALL = 500;

export interface BulkResult {
  /** What the filter fits of the keys that were looked at. */
  readonly keys: readonly KeyOfAnyOwner[];
  readonly revoked: number;
  /** Where the next call goes on; absent at the end. */
  readonly nextOffset?: number;
}

/**
 * Revokes all keys that a filter fits, or shows them (`dryRun`). Each revocation is a transaction of its own: a call
 * that breaks off has revoked some of them, and can be repeated.
 * @throws Fault `bad_request` for an empty filter: it would fit every key.
 */
export async function bulkRevoke(
  management: Management,
  caller: Caller,
  filter: BulkFilter,
  { dryRun, reason, offset }: { readonly dryRun: boolean; readonly reason?: string; readonly offset: number },
): Promise<BulkResult> {
  if (Object.keys(filter).length === 0) {
    throw new Fault('bad_request', 'The filter is empty: name at least one condition.');
  }
  const page = await candidates(management, filter, offset);
  const fitting = page.items.filter((key) => fits(key, filter));
  const usage = await readUsage(management, fitting);
  const { unusedSince = Infinity } = filter;
  const chosen = fitting.filter((key) => (usage.get(key.keyUUID)?.lastUsed ?? key.createdAt) < unusedSince);
  // Read before anything is written: from then on nothing may fail.
  const keys = await withApplications(management, chosen, usage);
  if (!dryRun) {
    for (const key of chosen) {
      const place = { owner: key.owner, scope: scopeOf(key), keyUUID: key.keyUUID };
      await revokeKey(management, caller, place, reason === undefined ? {} : { reason });
    }
  }
  // Revoked keys leave the list that is being walked through.
  const passed = offset + page.items.length - (dryRun ? 0 : keys.length);
  return { keys, revoked: dryRun ? 0 : keys.length, ...(page.hasMore && { nextOffset: passed }) };
}

async function candidates(management: Management, { owner }: BulkFilter, offset: number) {
  // A subject is the name of a partition: then only that owner's keys are read.
  const own = owner === undefined ? [] : await listKeysOf(management, owner);
  if (own.length > 0) {
    const items = own.slice(offset, offset + KEYS_A_CALL);
    return { items, hasMore: own.length > offset + KEYS_A_CALL };
  }
  return readListingPage(management.store, LISTINGS.keys, { offset, limit: KEYS_A_CALL }, KeyItem);
}

function fits(key: KeyItem, { owner, applicationId, apiId, createdBefore }: BulkFilter): boolean {
  return (
    (owner === undefined || owner === key.owner || owner === key.ownerName) &&
    (applicationId === undefined || applicationId === key.applicationId) &&
    (apiId === undefined || apiId === key.apiId) &&
    (createdBefore === undefined || key.createdAt < createdBefore)
  );
}
