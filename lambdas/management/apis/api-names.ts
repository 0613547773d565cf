import { notFound } from '../../core/http/fault.ts';
import { apiNameItemKey, apiNameListing, LISTINGS } from '../../platform/dynamodb/keys.ts';
import { readListing } from '../../platform/dynamodb/listings.ts';
import { ApiNameItem } from '../../platform/dynamodb/registration-items.ts';
import { replace } from '../../platform/dynamodb/writes.ts';
import type { Plan } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';

/** The names of all APIs that are or were registered, and whose they are; by name and version. */
export async function listApiNames({ store }: TableAccess): Promise<readonly ApiNameItem[]> {
  return readListing(store, LISTINGS.apiNames, ApiNameItem);
}

/**
 * Hands the name and version of an API over to another stack: it may register them from now on, and the keys of the API
 * open what it registers. Until it does, nothing changes.
 * @throws Fault `not_found` for a name that nobody has registered.
 */
export function releaseApiName(apiId: string, releasedTo: string): Plan<ApiNameItem> {
  return async (read) => {
    const before = await read.item(apiNameItemKey(apiId), ApiNameItem);
    if (before === undefined) throw notFound('registered name of an API');
    const { name, apiVersion, stackName } = before;
    const after = { ...before, releasedTo };
    return {
      result: after,
      writes: [replace(apiNameItemKey(apiId), before, { ...after, ...apiNameListing(name, apiVersion) })],
      audit: {
        action: 'api.release',
        resourceId: apiId,
        owner: stackName,
        before: { stackName, releasedTo: before.releasedTo },
        after: { stackName, releasedTo },
      },
    };
  };
}
