import { Fault } from '../../core/http/fault.ts';
import type { Subscription } from '../../core/subscriptions/link.ts';
import { ApiItem, ExpiringKeyItem, KeyItem, LinkItem, RefusalItem } from '../../platform/dynamodb/items.ts';
import {
  apiItemKey,
  keyItemKey,
  keyReferenceItemKey,
  linkItemKey,
  LISTINGS,
  refusalItemKey,
  type ItemKey,
} from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { readListingPage, type ListingPage } from '../../platform/dynamodb/listings.ts';
import { scopeOf } from '../keys/key-items.ts';
import type { TableAccess } from '../frame/management.ts';
import type { Reader } from '../keys/readable-keys.ts';

/** A refusal with what is now known of what it was about. */
export interface RefusalInContext {
  readonly refusal: RefusalItem;
  /** Absent: the key was unknown, or is gone. */
  readonly key?: KeyItem;
  /** Absent: it is not registered. */
  readonly api?: ApiItem;
  /** Of the key's application to the API that was called. */
  readonly subscription?: Subscription;
}

/**
 * Looks a refused call up by the id of its request.
 * @throws Fault `not_found` when none was recorded, and for one of another's key or of no key: the same.
 */
export async function getRefusal(
  management: TableAccess,
  { subject, seesAll }: Reader,
  requestId: string,
): Promise<RefusalInContext> {
  const refusal = await readItem(management.store, refusalItemKey(requestId), RefusalItem);
  const [found] =
    refusal !== undefined && (seesAll || refusal.owner === subject)
      ? await inContext(management, [refusal])
      : [];
  if (found === undefined) {
    throw new Fault(
      'not_found',
      'There is no such refusal of a key of yours. Refusals of known keys are recorded within a minute or so, up to a number each hour, and kept for a while. Calls without a known key are shown to administrators only.',
    );
  }
  return found;
}

/** A page of the refused calls of a key, latest first. Whether the caller may see the key is not looked at. */
export async function listRefusals(
  management: TableAccess,
  keyUUID: string,
  page: ListingPage,
): Promise<{ readonly refusals: readonly RefusalInContext[]; readonly hasMore: boolean }> {
  const listing = LISTINGS.refusalsOf(keyUUID);
  const { items, hasMore } = await readListingPage(management.store, listing, page, RefusalItem);
  return { refusals: await inContext(management, items), hasMore };
}

async function inContext(
  { store }: TableAccess,
  refusals: readonly RefusalItem[],
): Promise<readonly RefusalInContext[]> {
  const keyIds = distinct(refusals.flatMap(({ keyUUID }) => keyUUID ?? []));
  const [apis, references] = await Promise.all([
    readItems(store, distinct(refusals.map(({ apiId }) => apiId)).map(apiItemKey), ApiItem),
    readItems(store, keyIds.map(keyReferenceItemKey), ExpiringKeyItem),
  ]);
  const keys = byId(
    await readItems(
      store,
      references.map((reference) => keyItemKey(reference.owner, scopeOf(reference), reference.keyUUID)),
      KeyItem,
    ),
    ({ keyUUID }) => keyUUID,
  );
  const linkKeys = new Map<string, ItemKey>();
  for (const { keyUUID = '', apiId } of refusals) {
    const { owner, applicationId } = keys.get(keyUUID) ?? {};
    if (owner === undefined || applicationId === undefined) continue;
    linkKeys.set(linkId({ applicationId, apiId }), linkItemKey(owner, applicationId, apiId));
  }
  const links = byId(await readItems(store, [...linkKeys.values()], LinkItem), linkId);
  const apiById = byId(apis, ({ apiId }) => apiId);
  return refusals.map((refusal) => {
    const key = keys.get(refusal.keyUUID ?? '');
    const api = apiById.get(refusal.apiId);
    const { subscription } =
      links.get(linkId({ applicationId: key?.applicationId ?? '', apiId: refusal.apiId })) ?? {};
    return {
      refusal,
      ...(key !== undefined && { key }),
      ...(api !== undefined && { api }),
      ...(subscription !== undefined && { subscription }),
    };
  });
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}

function byId<T>(items: readonly T[], idOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [idOf(item), item]));
}

function linkId({
  applicationId,
  apiId,
}: {
  readonly applicationId: string;
  readonly apiId: string;
}): string {
  return `${applicationId} ${apiId}`;
}
