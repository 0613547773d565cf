import { randomUUID } from 'node:crypto';
import type { Caller } from '../core/caller.ts';
import { Fault, notFound } from '../core/fault.ts';
import { withSubscription, type Link, type Subscription } from '../core/link.ts';
import { takesSubscriptions } from '../core/managed-api.ts';
import { ApiItem, ApplicationItem, LinkItem, SubscriptionReferenceItem } from '../platform/dynamodb/items.ts';
import {
  ALL_LINKS_PREFIX,
  apiKey,
  applicationKey,
  ownerPartition,
  subscriptionReferenceKey,
} from '../platform/dynamodb/keys.ts';
import { readItem, readItems, readPartition, writeAll } from '../platform/dynamodb/store.ts';
import { getApi } from './apis.ts';
import { getApplication } from './applications.ts';
import { auditEntry } from './audit.ts';
import { linkWrites, readLink } from './links.ts';
import { retryOnConflict, type Management } from './management.ts';

/** A subscription with what it ties together. */
export interface SubscriptionDetails {
  readonly subscription: Subscription;
  readonly application: ApplicationItem;
  readonly api: ApiItem;
}

/**
 * Subscribes an application of the caller to an API. Keys that were associated before start to work.
 * @throws Fault `not_found`; `conflict` when it is subscribed or the API takes no (new) subscriptions;
 * `bad_request` for a plan that the API does not offer.
 */
export async function subscribe(
  management: Management,
  caller: Caller,
  input: { readonly applicationId: string; readonly apiId: string; readonly policy: string },
): Promise<SubscriptionDetails> {
  const api = await getApi(management, input.apiId);
  refuseSubscription(api, input.policy);
  return retryOnConflict(async () => {
    const application = await getApplication(management, caller.subject, input.applicationId);
    const link = await readLink(management, caller.subject, input.applicationId, input.apiId);
    if (link.subscription !== undefined) {
      throw new Fault('conflict', 'The application has a subscription to this API already.');
    }
    const now = management.clock();
    const subscription: Subscription = {
      subscriptionId: randomUUID(),
      status: 'UNBLOCKED',
      policy: input.policy,
      createdAt: now,
    };
    await writeAll(management.store, [
      ...linkWrites(link, withSubscription(link, subscription), application, now),
      auditEntry(caller, now, {
        action: 'subscription.create',
        resourceId: subscription.subscriptionId,
        owner: caller.subject,
        after: { ...input, status: subscription.status },
      }),
    ]);
    const counted = { ...application, subscriptionCount: application.subscriptionCount + 1 };
    return { subscription, application: counted, api };
  });
}

/** The caller's subscriptions, all or of one application or API, oldest first. */
export async function listSubscriptions(
  { store }: Management,
  owner: string,
  filter: { readonly applicationId?: string; readonly apiId?: string },
): Promise<readonly SubscriptionDetails[]> {
  const links = (
    await readPartition(store, { pk: ownerPartition(owner), prefix: ALL_LINKS_PREFIX }, LinkItem)
  )
    .filter(
      ({ applicationId }) => filter.applicationId === undefined || filter.applicationId === applicationId,
    )
    .filter(({ apiId }) => filter.apiId === undefined || filter.apiId === apiId);
  const applicationIds = new Set(links.map(({ applicationId }) => applicationId));
  const apiIds = new Set(links.map(({ apiId }) => apiId));
  const [applications, apis] = await Promise.all([
    readItems(
      store,
      [...applicationIds].map((id) => applicationKey(owner, id)),
      ApplicationItem,
    ),
    readItems(store, [...apiIds].map(apiKey), ApiItem),
  ]);
  return links
    .flatMap(({ subscription, applicationId, apiId }) => {
      const application = applications.find((candidate) => candidate.applicationId === applicationId);
      const api = apis.find((candidate) => candidate.apiId === apiId);
      if (subscription === undefined || application === undefined || api === undefined) return [];
      return [{ subscription, application, api }];
    })
    .sort((one, other) => one.subscription.createdAt - other.subscription.createdAt);
}

/** @throws Fault `not_found` also for another's subscription. */
export async function getSubscription(
  management: Management,
  owner: string,
  subscriptionId: string,
): Promise<SubscriptionDetails & { readonly link: Link }> {
  const reference = await readItem(
    management.store,
    subscriptionReferenceKey(subscriptionId),
    SubscriptionReferenceItem,
  );
  if (reference?.owner !== owner) throw notFound('subscription');
  const { applicationId, apiId } = reference;
  const [link, application, api] = await Promise.all([
    readLink(management, owner, applicationId, apiId),
    getApplication(management, owner, applicationId),
    readItem(management.store, apiKey(apiId), ApiItem),
  ]);
  if (link.subscription?.subscriptionId !== subscriptionId || api === undefined)
    throw notFound('subscription');
  return { link, subscription: link.subscription, application, api };
}

/** Changes the business plan of a subscription, and with it that of its keys. */
export async function changeSubscriptionPolicy(
  management: Management,
  caller: Caller,
  subscriptionId: string,
  policy: string,
): Promise<SubscriptionDetails> {
  return retryOnConflict(async () => {
    const found = await getSubscription(management, caller.subject, subscriptionId);
    const { link, application, api } = found;
    refuseUnknownPolicy(api, policy);
    const now = management.clock();
    const subscription = { ...found.subscription, policy };
    await writeAll(management.store, [
      ...linkWrites(link, withSubscription(link, subscription), application, now),
      auditEntry(caller, now, {
        action: 'subscription.update',
        resourceId: subscriptionId,
        owner: caller.subject,
        before: { policy: found.subscription.policy },
        after: { policy },
      }),
    ]);
    return { subscription, application, api };
  });
}

/** Ends a subscription. Its keys stay associated with the application, but are refused from now on. */
export async function unsubscribe(
  management: Management,
  caller: Caller,
  subscriptionId: string,
): Promise<void> {
  await retryOnConflict(async () => {
    const { link, subscription, application } = await getSubscription(
      management,
      caller.subject,
      subscriptionId,
    );
    const now = management.clock();
    await writeAll(management.store, [
      ...linkWrites(link, withSubscription(link, undefined), application, now),
      auditEntry(caller, now, {
        action: 'subscription.delete',
        resourceId: subscriptionId,
        owner: caller.subject,
        before: { applicationId: link.applicationId, apiId: link.apiId, ...subscription },
      }),
    ]);
  });
}

function refuseSubscription(api: ApiItem, policy: string): void {
  if (!api.requiresSubscription) {
    throw new Fault(
      'conflict',
      `${api.name} ${api.version} needs no subscription: its keys work as they are.`,
    );
  }
  if (!takesSubscriptions(api.lifecycle)) {
    throw new Fault(
      'conflict',
      `${api.name} ${api.version} is ${api.lifecycle} and takes no new subscriptions.`,
    );
  }
  refuseUnknownPolicy(api, policy);
}

function refuseUnknownPolicy(api: ApiItem, policy: string): void {
  if (!api.policies.includes(policy)) {
    throw new Fault('bad_request', 'The API does not offer this business plan.', {
      problems: [{ field: 'throttlingPolicy', message: `must be one of ${api.policies.join(', ')}` }],
    });
  }
}
