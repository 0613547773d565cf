import { ApplicationItem, KeyItem } from '../platform/dynamodb/items.ts';
import { applicationKey, LISTINGS } from '../platform/dynamodb/keys.ts';
import { readItems, readListingPage, type ListingPage } from '../platform/dynamodb/store.ts';
import type { Management } from './management.ts';

/** A key as administrators see it. */
export interface KeyWithApplication {
  readonly key: KeyItem;
  /** Absent: associated with none. */
  readonly applicationName?: string;
}

/** A page of all keys of all owners that have not been revoked, newest first. */
export async function listAllKeys(
  { store }: Management,
  page: ListingPage,
): Promise<{ readonly keys: readonly KeyWithApplication[]; readonly hasMore: boolean }> {
  const { items, hasMore } = await readListingPage(store, LISTINGS.keys, page, KeyItem);
  const applicationKeys = new Map(
    items.flatMap(({ owner, applicationId }) =>
      applicationId === undefined ? [] : [[applicationId, applicationKey(owner, applicationId)] as const],
    ),
  );
  const applications = await readItems(store, [...applicationKeys.values()], ApplicationItem);
  const names = new Map(applications.map(({ applicationId, name }) => [applicationId, name]));
  const keys = items.map((key) => {
    const applicationName = names.get(key.applicationId ?? '');
    return { key, ...(applicationName !== undefined && { applicationName }) };
  });
  return { keys, hasMore };
}
