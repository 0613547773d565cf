import type { Caller } from '../../core/http/caller.ts';
import { Unfinished } from '../../core/http/fault.ts';
import { withSubscription } from '../../core/subscriptions/link.ts';
import {
  isAdmitted,
  isBlock,
  OWNER_WIDE,
  type OwnerWideAction,
} from '../../core/subscriptions/publisher-decision.ts';
import { ALL_LINKS_PREFIX } from '../../platform/dynamodb/keys.ts';
import { findKeepingApplication } from '../applications/application-reads.ts';
import { subscriptionAudit } from '../audit/audit.ts';
import { commit } from '../frame/carry-out.ts';
import { noChange, unyielding, type Plan } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';
import { look, type Reads } from '../frame/snapshot.ts';
import { linkWrites, listLinks, readLink } from '../links/links.ts';
import { forceStatus, forceWrites } from './force-status.ts';
import { readDecision, type DecisionPlace } from './standing-decisions.ts';

type Place = Pick<DecisionPlace, 'owner' | 'apiId'>;

const UNFINISHED =
  'The decision stands, but does not apply to all subscriptions of the owner yet. Send the same request again until it succeeds.';

/**
 * Brings all subscriptions of an owner to an API to what was decided of the owner, each in a transaction of its own. New
 * ones cannot come while a decision stands. Stops where another publisher has decided otherwise meanwhile.
 * @param done the application whose subscription has been decided about already.
 * @throws Unfinished when some are left: whoever decides so again does the rest.
 */
export async function reachAllSubscriptions(
  access: TableAccess,
  caller: Caller,
  place: Place,
  action: OwnerWideAction,
  done?: string,
): Promise<void> {
  try {
    const links = await listLinks(look(access), place.owner, ALL_LINKS_PREFIX);
    for (const { apiId, applicationId } of links) {
      if (apiId !== place.apiId || applicationId === done) continue;
      await commit(access, { caller }, reachOne(access, { ...place, applicationId }, action));
    }
  } catch (error) {
    throw new Unfinished(UNFINISHED, error);
  }
}

/** Whether subscriptions are left blocked without a decision: a request that lifted it ended before they had followed. */
export async function hasBlockedSubscriptions(read: Reads, place: Place): Promise<boolean> {
  const links = await listLinks(read, place.owner, ALL_LINKS_PREFIX);
  return links.some(({ apiId, subscription }) => apiId === place.apiId && isBlock(subscription?.status));
}

function reachOne(
  access: TableAccess,
  { owner, apiId, applicationId }: Place & { readonly applicationId: string },
  action: OwnerWideAction,
): Plan<void> {
  const status = OWNER_WIDE[action];
  return unyielding(async (read) => {
    const decision = await readDecision(read, { owner, apiId });
    if (isBlock(decision?.status) ? decision?.status !== status : status !== 'UNBLOCKED') {
      return noChange(undefined);
    }
    const found = read.mayForce ? read.loosely : read;
    const link = await readLink(found, owner, applicationId, apiId);
    const { subscription: before } = link;
    if (before === undefined || !isAdmitted(before.status)) return noChange(undefined);
    const subscription = { ...before, status };
    const followUp = () => forceStatus(access, link, subscription);
    // An earlier request may have ended before all credentials had followed.
    if (before.status === status) return { ...noChange(undefined), followUp };
    const application = await findKeepingApplication(found, owner, applicationId);
    // An application that is being deleted: its links end anyway.
    if (application === undefined) return noChange(undefined);
    return {
      result: undefined,
      writes: read.mayForce
        ? forceWrites({ link, subscription: before, application }, status)
        : linkWrites(link, withSubscription(link, subscription), application, read.now),
      audit: subscriptionAudit(`subscription.${action}`, { link, before, after: subscription }),
      ...(read.mayForce && { followUp }),
    };
  });
}
