import { fitsKey, fitsUse, type KeyFilter } from '../../core/keys/key-filter.ts';
import type { KeyUsage } from '../../core/usage/key-usage.ts';
import { ApplicationItem, ListedKeyItem } from '../../platform/dynamodb/items.ts';
import {
  ALL_API_KEYS_PREFIX,
  ALL_APPLICATION_KEYS_PREFIX,
  applicationItemKey,
  LISTINGS,
  ownerPartition,
} from '../../platform/dynamodb/keys.ts';
import {
  collectPage,
  type CollectedPage,
  type Looked,
  type PageBounds,
} from '../../platform/dynamodb/collect-page.ts';
import { readItems } from '../../platform/dynamodb/read-items.ts';
import { walkListing } from '../../platform/dynamodb/listings.ts';
import { walkPartition } from '../../platform/dynamodb/partitions.ts';
import type { Found, Walk } from '../../platform/dynamodb/query.ts';
import { calledFromAddress } from './called-from.ts';
import { readUsage, type UsageByKey } from '../usage/key-usage.ts';
import type { Management, TableAccess } from '../frame/management.ts';
import { look } from '../frame/snapshot.ts';

/** A key as administrators see it. */
export interface KeyOfAnyOwner {
  readonly key: ListedKeyItem;
  /** Of the application whose own key it is, or that it is associated with; absent: none. */
  readonly applicationName?: string;
  /** `undefined`: never used. */
  readonly usage: KeyUsage | undefined;
}

/** A part of all keys that was looked through. */
export interface Searched {
  /** Of all keys that were checked, in order; the rest follows the last one. */
  readonly positions: readonly string[];
  /** Those that the filter fits, each with its place. */
  readonly matches: readonly Found<ListedKeyItem>[];
  readonly usage: UsageByKey;
}

const NamedApplication = ApplicationItem.pick({ applicationId: true, name: true });
const KEYS_A_PAGE = 200;
const KEY_PREFIXES = [ALL_API_KEYS_PREFIX, ALL_APPLICATION_KEYS_PREFIX] as const;

/**
 * Looks through keys for those that a filter fits, ended ones included: of the owner whose subject it names, in the order
 * of their APIs, or of all owners, newest first.
 * @param behind the `position` to go on from.
 */
export async function* searchKeys(
  management: Management,
  filter: KeyFilter,
  { behind, pageSize = KEYS_A_PAGE }: { readonly behind?: string; readonly pageSize?: number } = {},
): AsyncGenerator<Searched> {
  const now = management.clock();
  for await (const page of candidates(management, filter, behind, Math.min(pageSize, KEYS_A_PAGE))) {
    const fitting = page.filter(({ item }) => fitsKey(item, filter, now));
    const usage = await readUsage(
      look(management),
      fitting.map(({ item }) => item),
    );
    const used = fitting.filter(({ item }) => fitsUse(item, usage.get(item.keyUUID)?.lastUsed, filter));
    const matches = await calledFromAddress(management, used, filter, now);
    yield { positions: page.map(({ position }) => position), matches, usage };
  }
}

async function* candidates(
  { store }: TableAccess,
  { owner }: KeyFilter,
  behind: string | undefined,
  pageSize: number,
): AsyncGenerator<readonly Found<ListedKeyItem>[]> {
  const walk: Walk<ListedKeyItem> = {
    schema: ListedKeyItem,
    attributes: Object.keys(ListedKeyItem.shape),
    pageSize,
  };
  const prefix = KEY_PREFIXES.find((candidate) => behind?.startsWith(candidate));
  if (owner !== undefined && (behind === undefined || prefix !== undefined)) {
    const pk = ownerPartition(owner);
    // A subject is the name of a partition: then no other owner's keys are read.
    let isSubject = behind !== undefined;
    for (const next of KEY_PREFIXES.slice(prefix === undefined ? 0 : KEY_PREFIXES.indexOf(prefix))) {
      const from = next === prefix && behind !== undefined ? { behind } : {};
      for await (const page of walkPartition(store, { pk, prefix: next }, { ...walk, ...from })) {
        isSubject ||= page.length > 0;
        yield page;
      }
    }
    if (isSubject) return;
  }
  yield* walkListing(store, LISTINGS.keys, { ...walk, ...(behind !== undefined && { behind }) });
}

/**
 * A page of the keys of all owners that a filter fits. Keys that have been revoked are in it only when the filter asks
 * for them.
 */
export async function listAnyKeys(
  management: Management,
  filter: KeyFilter,
  { behind, ...bounds }: PageBounds & { readonly behind?: string },
): Promise<CollectedPage<KeyOfAnyOwner>> {
  const used = new Map<string, KeyUsage>();
  const isUnfiltered = Object.keys(filter).length === 0;
  const { items, next } = await collectPage(
    looked(),
    ({ status }) => status !== 'REVOKED' || filter.status === 'REVOKED',
    bounds,
    management.clock,
  );
  return {
    items: await withApplications(management, items, used),
    ...(next !== undefined && { next }),
  };

  async function* looked(): AsyncGenerator<Looked<ListedKeyItem>> {
    const search = searchKeys(management, filter, {
      ...(behind !== undefined && { behind }),
      ...(isUnfiltered && { pageSize: bounds.limit + bounds.skip + 1 }),
    });
    for await (const { matches, usage, positions } of search) {
      for (const [keyUUID, use] of usage) used.set(keyUUID, use);
      const end = positions.at(-1);
      if (end !== undefined) yield { found: matches, end };
    }
  }
}

/** Keys with what administrators see beside them, in the same order. */
export async function withApplications(
  { store }: TableAccess,
  keys: readonly ListedKeyItem[],
  usage: UsageByKey,
): Promise<readonly KeyOfAnyOwner[]> {
  const applicationKeys = new Map(
    keys.flatMap(({ owner, applicationId }) =>
      applicationId === undefined ? [] : [[applicationId, applicationItemKey(owner, applicationId)] as const],
    ),
  );
  const applications = await readItems(
    store,
    [...applicationKeys.values()],
    NamedApplication,
    Object.keys(NamedApplication.shape),
  );
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
