import type { KeyUsage } from '../core/key-usage.ts';
import { ApplicationItem, KeyItem } from '../platform/dynamodb/items.ts';
import { applicationKey, LISTINGS } from '../platform/dynamodb/keys.ts';
import { readItems } from '../platform/dynamodb/read-items.ts';
import { readListingPage, type ListingPage } from '../platform/dynamodb/read-listings.ts';
import { readUsage, type UsageByKey } from './key-usage.ts';
import type { Management, TableAccess } from './management.ts';

/** A key as administrators see it. */
export interface KeyOfAnyOwner {
  readonly key: KeyItem;
  /** Of the application whose own key it is, or that it is associated with; absent: none. */
  readonly applicationName?: string;
  /** `undefined`: never used. */
  readonly usage: KeyUsage | undefined;
}

/** A page of all keys of all owners that have not been revoked, newest first. */
export async function listAllKeys(
  management: Management,
  page: ListingPage,
): Promise<{ readonly keys: readonly KeyOfAnyOwner[]; readonly hasMore: boolean }> {
  const { items, hasMore } = await readListingPage(management.store, LISTINGS.keys, page, KeyItem);
  const usage = await readUsage(management, items);
  return { keys: await withApplications(management, items, usage), hasMore };
}

/** Keys with what administrators see beside them, in the same order. */
export async function withApplications(
  { store }: TableAccess,
  keys: readonly KeyItem[],
  usage: UsageByKey,
): Promise<readonly KeyOfAnyOwner[]> {
  const applicationKeys = new Map(
    keys.flatMap(({ owner, applicationId }) =>
      applicationId === undefined ? [] : [[applicationId, applicationKey(owner, applicationId)] as const],
    ),
  );
  const applications = await readItems(store, [...applicationKeys.values()], ApplicationItem);
  const names = new Map(applications.map(({ applicationId, name }) => [applicationId, name]));
  return keys.map((key) => {
    const applicationName = names.get(key.applicationId ?? '');
    return {
      key,
      usage: usage.get(key.keyUUID),
      ...(applicationName !== undefined && { applicationName }),
    };
  });
}
