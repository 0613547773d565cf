import type { KeyUsage } from '../core/key-usage.ts';
import { ApplicationItem, KeyItem } from '../platform/dynamodb/items.ts';
import { applicationKey, LISTINGS } from '../platform/dynamodb/keys.ts';
import { readItems } from '../platform/dynamodb/read-items.ts';
import { readListingPage, type ListingPage } from '../platform/dynamodb/read-listings.ts';
import { readUsage } from './key-usage.ts';
import type { Management } from './management.ts';

/** A key as administrators see it. */
export interface KeyOfAnyOwner {
  readonly key: KeyItem;
  /** Absent: associated with none. */
  readonly applicationName?: string;
  /** `undefined`: never used. */
  readonly usage: KeyUsage | undefined;
}

/** A page of all keys of all owners that have not been revoked, newest first. */
export async function listAllKeys(
  management: Management,
  page: ListingPage,
): Promise<{ readonly keys: readonly KeyOfAnyOwner[]; readonly hasMore: boolean }> {
  const { store } = management;
  const { items, hasMore } = await readListingPage(store, LISTINGS.keys, page, KeyItem);
  const applicationKeys = new Map(
    items.flatMap(({ owner, applicationId }) =>
      applicationId === undefined ? [] : [[applicationId, applicationKey(owner, applicationId)] as const],
    ),
  );
  const [applications, used] = await Promise.all([
    readItems(store, [...applicationKeys.values()], ApplicationItem),
    readUsage(management, items),
  ]);
  const names = new Map(applications.map(({ applicationId, name }) => [applicationId, name]));
  const keys = items.map((key) => {
    const applicationName = names.get(key.applicationId ?? '');
    return {
      key,
      usage: used.get(key.keyUUID),
      ...(applicationName !== undefined && { applicationName }),
    };
  });
  return { keys, hasMore };
}
