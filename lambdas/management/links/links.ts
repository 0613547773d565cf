import type { z } from 'zod';
import {
  credentialSubscriptionOf,
  isEmpty,
  liveDigests,
  newLink,
  plansOf,
  withoutEndedKeys,
  type Link,
} from '../../core/subscriptions/link.ts';
import { EXPIRED_KEY_RETENTION_SECONDS } from '../../core/keys/validity.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { LinkItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import {
  applicationItemKey,
  credentialItemKey,
  linkItemKey,
  linkPrefix,
  listedByTime,
  LISTINGS,
  ownerPartition,
  subscriptionReferenceItemKey,
} from '../../platform/dynamodb/keys.ts';
import {
  create,
  remove,
  removeExisting,
  replace,
  setMapEntry,
  type Write,
} from '../../platform/dynamodb/writes.ts';
import { applicationAttributes } from '../applications/application-reads.ts';
import type { Reads } from '../frame/snapshot.ts';
import { policyUseWrites } from '../policies/policy-use.ts';

/** Reads the link of an application and an API; version 0 and empty when there is none yet. */
export async function readLink(
  read: Reads,
  owner: string,
  applicationId: string,
  apiId: string,
): Promise<Link> {
  const link = await read.item(linkItemKey(owner, applicationId, apiId), LinkItem);
  return link ?? newLink(owner, applicationId, apiId);
}

/** The links of an application. None comes or goes, and no subscription changes, without the application's version. */
export async function readLinksOf(
  read: Reads,
  { owner, applicationId }: Pick<ApplicationItem, 'owner' | 'applicationId'>,
): Promise<readonly Link[]> {
  return read.partition({ pk: ownerPartition(owner), prefix: linkPrefix(applicationId) }, LinkItem);
}

const ListedLink = LinkItem.pick({ apiId: true, applicationId: true, subscription: true });
type ListedLink = Readonly<z.infer<typeof ListedLink>>;

/**
 * Which links an owner has, without their keys: for whoever reads each link when it is its turn.
 * @param prefix `ALL_LINKS_PREFIX`, or `linkPrefix` of an application.
 */
export async function listLinks(read: Reads, owner: string, prefix: string): Promise<readonly ListedLink[]> {
  const walk = { schema: ListedLink, attributes: Object.keys(ListedLink.shape), pageSize: 200 };
  const links: ListedLink[] = [];
  for await (const page of read.pages({ pk: ownerPartition(owner), prefix }, walk)) {
    links.push(...page.map(({ item }) => item));
  }
  return links;
}

/**
 * Everything that a change of a link entails, but for the credentials of keys that it gains or loses: the link
 * itself, the credentials of the keys that stay and of the application's own keys, the look-up of its subscription
 * by id, the use of its plan, and the application. The application is written whenever its set of links or a
 * subscription changes, so that nothing can be linked to an application that is being deleted, and no key of its
 * own can be made that misses the change. `undefined`: the application was deleted, and the link will be; then only keys
 * of a link that is there can change.
 */
export function linkWrites(
  before: Link,
  after: Link,
  application: ApplicationItem | undefined,
  now: number,
): Write[] {
  const nowSeconds = toEpochSeconds(now);
  const kept = { ...after, keys: withoutEndedKeys(after.keys, nowSeconds - EXPIRED_KEY_RETENTION_SECONDS) };
  const writes = [linkItemWrite(before, kept)];
  if (application === undefined) return writes;

  const [old, current] = [before.subscription, kept.subscription];
  const resubscribed = old !== current;
  if (resubscribed) {
    writes.push(...referenceWrites(before, kept));
    writes.push(...policyUseWrites('subscription', { removed: plansOf(old), added: plansOf(current) }));
    writes.push(...credentialWrites(before, kept, application, nowSeconds));
  }
  if (resubscribed || before.version === 0 || isEmpty(kept)) {
    const gained = Number(current !== undefined) - Number(old !== undefined);
    writes.push(
      replace(
        applicationItemKey(application.owner, application.applicationId),
        application,
        applicationAttributes({
          ...application,
          subscriptionCount: application.subscriptionCount + gained,
        }),
      ),
    );
  }
  return writes;
}

/** A link as it is stored, with the place of its subscription among those to the API. */
export function linkAttributes(link: Link): Record<string, unknown> {
  const { apiId, subscription } = link;
  if (subscription === undefined) return { ...link };
  const { createdAt, subscriptionId } = subscription;
  return { ...link, ...listedByTime(LISTINGS.subscriptionsOf(apiId), createdAt, subscriptionId) };
}

function linkItemWrite(before: Link, after: Link): Write {
  const key = linkItemKey(after.owner, after.applicationId, after.apiId);
  const attributes = linkAttributes(after);
  if (before.version === 0) return create(key, { ...attributes, version: 1 });
  return isEmpty(after) ? remove(key, before) : replace(key, before, attributes);
}

function referenceWrites(before: Link, after: Link): Write[] {
  const [old, current] = [before.subscription?.subscriptionId, after.subscription?.subscriptionId];
  if (old === current) return [];
  const { owner, applicationId, apiId } = after;
  return [
    ...(old === undefined ? [] : [removeExisting(subscriptionReferenceItemKey(old))]),
    ...(current === undefined
      ? []
      : [create(subscriptionReferenceItemKey(current), { owner, applicationId, apiId })]),
  ];
}

/** Values that have ended are left out: none of them can be let through again. */
function credentialWrites(
  before: Link,
  after: Link,
  application: ApplicationItem,
  nowSeconds: number,
): Write[] {
  const staying = Object.fromEntries(
    Object.entries(after.keys).filter(([keyUUID]) => before.keys[keyUUID] !== undefined),
  );
  const subscription = credentialSubscriptionOf(after);
  return [...liveDigests(staying, nowSeconds), ...liveDigests(application.keys, nowSeconds)].map((digest) =>
    setMapEntry(credentialItemKey(digest), 'subscriptions', after.apiId, subscription),
  );
}
