import { notFound } from '../../core/http/fault.ts';
import type { Link, Subscription } from '../../core/subscriptions/link.ts';
import {
  ApiItem,
  ApplicationItem,
  LinkItem,
  SubscriptionReferenceItem,
} from '../../platform/dynamodb/items.ts';
import {
  ALL_LINKS_PREFIX,
  apiItemKey,
  applicationItemKey,
  LISTINGS,
  ownerPartition,
  subscriptionReferenceItemKey,
} from '../../platform/dynamodb/keys.ts';
import { readListing } from '../../platform/dynamodb/listings.ts';
import { getAnyApi } from '../apis/apis.ts';
import { findKeepingApplication } from '../applications/application-reads.ts';
import type { TableAccess } from '../frame/management.ts';
import { look, type Reads } from '../frame/snapshot.ts';
import { readLink } from '../links/links.ts';

/** A subscription with what it ties together. */
export interface SubscriptionDetails {
  readonly link: Link;
  readonly subscription: Subscription;
  readonly application: ApplicationItem;
  readonly api: ApiItem;
}

/** The caller's subscriptions, all or of one application or API, oldest first. */
export async function listSubscriptions(
  read: Reads,
  owner: string,
  filter: { readonly applicationId?: string; readonly apiId?: string },
): Promise<readonly SubscriptionDetails[]> {
  const links = (await read.partition({ pk: ownerPartition(owner), prefix: ALL_LINKS_PREFIX }, LinkItem))
    .filter(
      ({ applicationId }) => filter.applicationId === undefined || filter.applicationId === applicationId,
    )
    .filter(({ apiId }) => filter.apiId === undefined || filter.apiId === apiId);
  const applicationIds = new Set(links.map(({ applicationId }) => applicationId));
  const apiIds = new Set(links.map(({ apiId }) => apiId));
  const [applications, apis] = await Promise.all([
    read.items(
      [...applicationIds].map((id) => applicationItemKey(owner, id)),
      ApplicationItem,
    ),
    read.items([...apiIds].map(apiItemKey), ApiItem),
  ]);
  return links
    .flatMap((link) => {
      const { subscription, applicationId, apiId } = link;
      const application = applications.find((candidate) => candidate.applicationId === applicationId);
      const api = apis.find((candidate) => candidate.apiId === apiId);
      if (subscription === undefined || application === undefined || api === undefined) return [];
      if (application.movingTo !== undefined) return [];
      return [{ link, subscription, application, api }];
    })
    .sort((one, other) => one.subscription.createdAt - other.subscription.createdAt);
}

/** Everybody's subscriptions to an API, oldest first, whatever its lifecycle. */
export async function listSubscriptionsTo(
  access: TableAccess,
  apiId: string,
): Promise<readonly SubscriptionDetails[]> {
  const read = look(access);
  const api = await getAnyApi(read, apiId);
  const links = await readListing(access.store, LISTINGS.subscriptionsOf(apiId), LinkItem);
  const applications = await read.items(
    links.map(({ owner, applicationId }) => applicationItemKey(owner, applicationId)),
    ApplicationItem,
  );
  const byId = new Map(applications.map((application) => [application.applicationId, application]));
  return links.flatMap((link) => {
    const application = byId.get(link.applicationId);
    const { subscription } = link;
    return application === undefined || subscription === undefined
      ? []
      : [{ link, subscription, application, api }];
  });
}

/** @throws Fault `not_found` also for another's subscription. */
export async function getSubscription(
  read: Reads,
  owner: string,
  subscriptionId: string,
): Promise<SubscriptionDetails> {
  const found = await findSubscription(read, subscriptionId);
  if (found.link.owner !== owner) throw notFound('subscription');
  return found;
}

/**
 * Finds anybody's subscription: for publishers. A write depends on its link and application, not on the API.
 * @throws Fault `not_found`
 */
export async function findSubscription(read: Reads, subscriptionId: string): Promise<SubscriptionDetails> {
  const reference = await read.loosely.item(
    subscriptionReferenceItemKey(subscriptionId),
    SubscriptionReferenceItem,
  );
  if (reference === undefined) throw notFound('subscription');
  const { owner, applicationId, apiId } = reference;
  const [link, application, api] = await Promise.all([
    readLink(read, owner, applicationId, apiId),
    findKeepingApplication(read, owner, applicationId),
    read.loosely.item(apiItemKey(apiId), ApiItem),
  ]);
  if (
    link.subscription?.subscriptionId !== subscriptionId ||
    application === undefined ||
    api === undefined
  ) {
    throw notFound('subscription');
  }
  return { link, subscription: link.subscription, application, api };
}
