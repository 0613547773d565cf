import type { Caller } from '../../core/http/caller.ts';
import { notFound } from '../../core/http/fault.ts';
import { apiNameItemKey, apiNameListing, LISTINGS } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { readListing } from '../../platform/dynamodb/read-listings.ts';
import { ApiNameItem } from '../../platform/dynamodb/registration-items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { replace } from '../../platform/dynamodb/writes.ts';
import { auditEntry } from '../audit/audit.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';

/** The names of all APIs that are or were registered, and whose they are; by name and version. */
export async function listApiNames({ store }: Management): Promise<readonly ApiNameItem[]> {
  return readListing(store, LISTINGS.apiNames, ApiNameItem);
}

/**
 * Hands the name and version of an API over to another stack: it may register them from now on, and the keys of the API
 * open what it registers. Until it does, nothing changes.
 * @throws Fault `not_found` for a name that nobody has registered.
 */
export async function releaseApiName(
  { store, clock }: Management,
  caller: Caller,
  apiId: string,
  releasedTo: string,
): Promise<ApiNameItem> {
  return retryOnConflict(async () => {
    const before = await readItem(store, apiNameItemKey(apiId), ApiNameItem);
    if (before === undefined) throw notFound('registered name of an API');
    const after = { ...before, releasedTo };
    await writeAll(store, [
      replace(apiNameItemKey(apiId), before, { ...after, ...apiNameListing(before.name, before.apiVersion) }),
      auditEntry(caller, clock(), {
        action: 'api.release',
        resourceId: apiId,
        owner: before.stackName,
        before: { stackName: before.stackName, releasedTo: before.releasedTo },
        after: { stackName: before.stackName, releasedTo },
      }),
    ]);
    return after;
  });
}
