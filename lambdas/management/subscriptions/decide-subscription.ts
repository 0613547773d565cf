import type { Caller } from '../../core/http/caller.ts';
import { withSubscription } from '../../core/subscriptions/link.ts';
import { decide, isOwnerWide, type PublisherAction } from '../../core/subscriptions/publisher-decision.ts';
import { subscriptionAudit } from '../audit/audit.ts';
import { unyielding, type Plan } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';
import { linkWrites } from '../links/links.ts';
import { forceStatus, forceWrites } from './force-status.ts';
import { hasBlockedSubscriptions, reachAllSubscriptions } from './reach-all-subscriptions.ts';
import { decisionWrites, readDecision } from './standing-decisions.ts';
import { findSubscription, type SubscriptionDetails } from './subscription-reads.ts';

/**
 * Blocks, unblocks, approves or rejects anybody's subscription, or the plan that it waits for; its keys follow at the
 * next request. Blocking and unblocking are about the owner: they reach all subscriptions of the owner to the API. What
 * is decided stands for the owner until it is lifted. Whatever the owner changes meanwhile, a block prevails.
 * @throws Fault `not_found`, `precondition_failed`; `conflict` when the subscription's state does not allow it.
 * Unfinished when some subscriptions have not followed.
 */
export function decideSubscription(
  access: TableAccess,
  caller: Caller,
  subscriptionId: string,
  action: PublisherAction,
): Plan<SubscriptionDetails> {
  return unyielding(async (read) => {
    const found = await findSubscription(read.mayForce ? read.loosely : read, subscriptionId);
    const { link, application, subscription: before } = found;
    const { owner, applicationId, apiId } = link;
    const place = { owner, ownerName: application.ownerName, apiId };
    const standing = await readDecision(read, place);
    const decided = decide(action, before, standing?.status);
    const { subscription } = decided;
    // Owner-wide actions change nothing but the status. Of an end of a block, something must be left to do.
    const isRepeat =
      isOwnerWide(action) &&
      before.status === subscription.status &&
      standing?.status === decided.standing &&
      read.namesVersion(link.version - 1) &&
      (action !== 'unblock' || (await hasBlockedSubscriptions(read, place)));
    read.requireVersion(link.version, isRepeat);
    const after = withSubscription(link, subscription);
    // The status alone can be forced: a plan is nobody's to hurry.
    const isForced =
      read.mayForce &&
      before.policy === subscription.policy &&
      before.requestedPolicy === subscription.requestedPolicy;
    const result = { ...found, link: { ...after, version: link.version + 1 }, subscription };
    return {
      result,
      writes: [
        ...(isForced
          ? forceWrites(found, subscription.status)
          : linkWrites(link, after, application, read.now)),
        ...decisionWrites(caller, read.now, place, standing, decided.standing),
      ],
      audit: subscriptionAudit(`subscription.${action}`, { link, before, after: subscription }),
      followUp: async () => {
        if (isForced) await forceStatus(access, link, subscription);
        if (isOwnerWide(action)) {
          await reachAllSubscriptions(access, caller, { owner, apiId }, action, applicationId);
        }
        return result;
      },
    };
  });
}
