import { credentialSubscriptionOf, isEmpty, newLink, withoutExpiredKeys, type Link } from '../core/link.ts';
import { EXPIRED_KEY_RETENTION_SECONDS } from '../core/validity.ts';
import { LinkItem, type ApplicationItem } from '../platform/dynamodb/items.ts';
import {
  applicationKey,
  credentialKey,
  linkKey,
  linkPrefix,
  ownerPartition,
  subscriptionReferenceKey,
} from '../platform/dynamodb/keys.ts';
import { readItem, readPartition } from '../platform/dynamodb/store.ts';
import {
  create,
  remove,
  removeExisting,
  replace,
  setAttributes,
  type Write,
} from '../platform/dynamodb/writes.ts';
import { toEpochSeconds } from '../platform/clock.ts';
import type { Management } from './management.ts';

/** Reads the link of an application and an API; version 0 and empty when there is none yet. */
export async function readLink(
  { store }: Management,
  owner: string,
  applicationId: string,
  apiId: string,
): Promise<Link> {
  const link = await readItem(store, linkKey(owner, applicationId, apiId), LinkItem);
  return link ?? newLink(owner, applicationId, apiId);
}

export async function readLinksOf(
  { store }: Management,
  { owner, applicationId }: ApplicationItem,
): Promise<readonly Link[]> {
  return readPartition(store, { pk: ownerPartition(owner), prefix: linkPrefix(applicationId) }, LinkItem);
}

/**
 * Everything that a change of a link entails, but for the credentials of keys that it gains or loses: the link
 * itself, the credentials of the keys that stay, the look-up of its subscription by id, and the application. The
 * application is written whenever its set of links or its count of subscriptions changes, so that deleting an
 * application and linking it cannot both succeed.
 */
export function linkWrites(before: Link, after: Link, application: ApplicationItem, now: number): Write[] {
  const nowSeconds = toEpochSeconds(now);
  const kept = withoutExpiredKeys(after, nowSeconds - EXPIRED_KEY_RETENTION_SECONDS);
  const writes = [linkItemWrite(before, kept)];

  const [old, current] = [before.subscription, kept.subscription];
  if (old?.subscriptionId !== current?.subscriptionId) {
    const { owner, applicationId, apiId } = kept;
    if (old !== undefined) writes.push(removeExisting(subscriptionReferenceKey(old.subscriptionId)));
    if (current !== undefined) {
      writes.push(create(subscriptionReferenceKey(current.subscriptionId), { owner, applicationId, apiId }));
    }
  }
  if (old !== current) writes.push(...credentialWrites(before, kept, nowSeconds));

  const gained = Number(current !== undefined) - Number(old !== undefined);
  if (gained !== 0 || before.version === 0 || isEmpty(kept)) {
    writes.push(
      replace(applicationKey(application.owner, application.applicationId), application, {
        ...application,
        subscriptionCount: application.subscriptionCount + gained,
      }),
    );
  }
  return writes;
}

function linkItemWrite(before: Link, after: Link): Write {
  const key = linkKey(after.owner, after.applicationId, after.apiId);
  if (before.version === 0) return create(key, { ...after, version: 1 });
  return isEmpty(after) ? remove(key, before) : replace(key, before, { ...after });
}

/** Credentials that have expired are left out: none of their values can be let through again. */
function credentialWrites(before: Link, after: Link, nowSeconds: number): Write[] {
  const subscription = subscriptionAttributes(after);
  return Object.entries(withoutExpiredKeys(after, nowSeconds).keys)
    .filter(([keyUUID]) => before.keys[keyUUID] !== undefined)
    .map(([, { digest }]) => setAttributes(credentialKey(digest), subscription));
}

/** The attributes of a credential that come from its link; `undefined` where there is no subscription. */
export function subscriptionAttributes(link: Link): Record<string, string | undefined> {
  const subscription = credentialSubscriptionOf(link);
  return {
    subscriptionId: subscription?.subscriptionId,
    subscriptionStatus: subscription?.status,
    subscriptionPolicy: subscription?.policy,
  };
}
