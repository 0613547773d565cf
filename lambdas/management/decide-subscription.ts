import type { Caller } from '../core/caller.ts';
import type { SubscriptionStatus } from '../core/credential.ts';
import { Fault, notFound } from '../core/fault.ts';
import { ApiItem, ApplicationItem, LinkItem } from '../platform/dynamodb/items.ts';
import { apiKey, applicationKey, LISTINGS } from '../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../platform/dynamodb/read-items.ts';
import { readListing } from '../platform/dynamodb/read-listings.ts';
import type { Management } from './management.ts';
import { changeSubscription, findSubscription, type SubscriptionDetails } from './subscriptions.ts';

/** What a publisher may do to a subscription, and the state that it leads to. */
export const PUBLISHER_ACTIONS = {
  block: { from: ['UNBLOCKED', 'BLOCKED', 'PROD_ONLY_BLOCKED'], to: 'BLOCKED' },
  blockProduction: { from: ['UNBLOCKED', 'BLOCKED', 'PROD_ONLY_BLOCKED'], to: 'PROD_ONLY_BLOCKED' },
  unblock: { from: ['UNBLOCKED', 'BLOCKED', 'PROD_ONLY_BLOCKED'], to: 'UNBLOCKED' },
  approve: { from: ['ON_HOLD', 'REJECTED', 'UNBLOCKED'], to: 'UNBLOCKED' },
  reject: { from: ['ON_HOLD', 'REJECTED'], to: 'REJECTED' },
} as const satisfies Record<string, { from: readonly SubscriptionStatus[]; to: SubscriptionStatus }>;

export type PublisherAction = keyof typeof PUBLISHER_ACTIONS;

/**
 * Blocks, unblocks, approves or rejects anybody's subscription; its keys follow at the next request.
 * @throws Fault `not_found`; `conflict` when the subscription's state does not allow it.
 */
export async function decideSubscription(
  management: Management,
  caller: Caller,
  subscriptionId: string,
  action: PublisherAction,
): Promise<SubscriptionDetails> {
  const { from, to } = PUBLISHER_ACTIONS[action];
  return changeSubscription(management, caller, `subscription.${action}`, async () => {
    const found = await findSubscription(management, subscriptionId);
    const { status } = found.subscription;
    if (!from.some((state) => state === status)) {
      throw new Fault('conflict', `The subscription is ${status}; it must be ${from.join(' or ')} for that.`);
    }
    return { found, subscription: { ...found.subscription, status: to } };
  });
}

/** Everybody's subscriptions to an API, oldest first, whatever its lifecycle. */
export async function listSubscriptionsTo(
  { store }: Management,
  apiId: string,
): Promise<readonly SubscriptionDetails[]> {
  const api = await readItem(store, apiKey(apiId), ApiItem);
  if (api === undefined) throw notFound('API');
  const links = await readListing(store, LISTINGS.subscriptionsOf(apiId), LinkItem);
  const applications = await readItems(
    store,
    links.map(({ owner, applicationId }) => applicationKey(owner, applicationId)),
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
