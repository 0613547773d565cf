import type { Caller } from '../../core/http/caller.ts';
import { notFound } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { withSubscription } from '../../core/subscriptions/link.ts';
import { decide, isOwnerWide, type PublisherAction } from '../../core/subscriptions/publisher-decision.ts';
import { ApiItem, ApplicationItem, LinkItem } from '../../platform/dynamodb/items.ts';
import { apiItemKey, applicationItemKey, LISTINGS } from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { readListing } from '../../platform/dynamodb/read-listings.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { subscriptionEntry } from '../audit/audit.ts';
import { forceStatus, forceWrites } from './force-status.ts';
import { linkWrites } from '../links/links.ts';
import { ATTEMPTS_BEFORE_FORCE, retryOnConflict, UNYIELDING, type Management } from '../frame/management.ts';
import { reachAllSubscriptions } from './reach-all-subscriptions.ts';
import { decisionWrites, readDecision } from './standing-decisions.ts';
import { findSubscription, type SubscriptionDetails } from './subscriptions.ts';

/**
 * Blocks, unblocks, approves or rejects anybody's subscription, or the plan that it waits for; its keys follow at the
 * next request. Blocking and unblocking are about the owner: they reach all subscriptions of the owner to the API. What
 * is decided stands for the owner until it is lifted. Whatever the owner changes meanwhile, a block prevails.
 * @throws Fault `not_found`, `precondition_failed`; `conflict` when the subscription's state does not allow it.
 */
export async function decideSubscription(
  management: Management,
  caller: Caller,
  subscriptionId: string,
  action: PublisherAction,
  ifMatch?: IfMatch,
): Promise<SubscriptionDetails> {
  const decided = await retryOnConflict(async (triedBefore) => {
    const found = await findSubscription(management, subscriptionId);
    requireVersion(found.link.version, ifMatch);
    const isForced = ifMatch === undefined && triedBefore >= ATTEMPTS_BEFORE_FORCE;
    return decideAsRead(management, caller, found, action, isForced);
  }, UNYIELDING);
  if (isOwnerWide(action)) {
    const { owner, applicationId, apiId } = decided.link;
    await reachAllSubscriptions(management, caller, { owner, apiId }, action, applicationId);
  }
  return decided;
}

async function decideAsRead(
  management: Management,
  caller: Caller,
  found: SubscriptionDetails,
  action: PublisherAction,
  isForced: boolean,
): Promise<SubscriptionDetails> {
  const { link, application, api } = found;
  const place = { owner: link.owner, ownerName: application.ownerName, apiId: link.apiId };
  const before = await readDecision(management, place);
  const { subscription, standing } = decide(action, found.subscription, before?.status);
  const now = management.clock();
  const after = withSubscription(link, subscription);
  // The status alone can be forced: a plan is nobody's to hurry.
  const force = isForced && subscription.policy === found.subscription.policy;
  await writeAll(management.store, [
    ...(force ? forceWrites(found, subscription.status) : linkWrites(link, after, application, now)),
    ...decisionWrites(caller, now, place, before, standing),
    subscriptionEntry(caller, now, `subscription.${action}`, {
      link,
      before: found.subscription,
      after: subscription,
    }),
  ]);
  if (force) await forceStatus(management, link, subscription);
  return { link: { ...after, version: link.version + 1 }, subscription, application, api };
}

/** Everybody's subscriptions to an API, oldest first, whatever its lifecycle. */
export async function listSubscriptionsTo(
  { store }: Management,
  apiId: string,
): Promise<readonly SubscriptionDetails[]> {
  const api = await readItem(store, apiItemKey(apiId), ApiItem);
  if (api === undefined) throw notFound('API');
  const links = await readListing(store, LISTINGS.subscriptionsOf(apiId), LinkItem);
  const applications = await readItems(
    store,
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
