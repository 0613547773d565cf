import type { Caller } from '../../core/http/caller.ts';
import { Fault, Unfinished } from '../../core/http/fault.ts';
import { withSubscription } from '../../core/subscriptions/link.ts';
import {
  isAdmitted,
  isBlock,
  OWNER_WIDE,
  type OwnerWideAction,
} from '../../core/subscriptions/publisher-decision.ts';
import { LinkItem } from '../../platform/dynamodb/items.ts';
import { ALL_LINKS_PREFIX, ownerPartition } from '../../platform/dynamodb/keys.ts';
import { readPartition } from '../../platform/dynamodb/read-partitions.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { findApplication } from '../applications/application-reads.ts';
import { subscriptionEntry } from '../audit/audit.ts';
import { forceStatus, forceWrites } from './force-status.ts';
import { linkWrites, readLink } from '../links/links.ts';
import { ATTEMPTS_BEFORE_FORCE, retryOnConflict, UNYIELDING, type Management } from '../frame/management.ts';
import { decisionUnchanged, readDecision, type DecisionPlace } from './standing-decisions.ts';

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
  management: Management,
  caller: Caller,
  place: Place,
  action: OwnerWideAction,
  done?: string,
): Promise<void> {
  try {
    const links = await readPartition(
      management.store,
      { pk: ownerPartition(place.owner), prefix: ALL_LINKS_PREFIX },
      LinkItem,
    );
    for (const { apiId, applicationId } of links) {
      if (apiId !== place.apiId || applicationId === done) continue;
      await retryOnConflict(
        (triedBefore) => reachOne(management, caller, { ...place, applicationId }, action, triedBefore),
        UNYIELDING,
      );
    }
  } catch (error) {
    throw new Unfinished(UNFINISHED, error instanceof Fault ? undefined : error);
  }
}

async function reachOne(
  management: Management,
  caller: Caller,
  { owner, apiId, applicationId }: Place & { readonly applicationId: string },
  action: OwnerWideAction,
  triedBefore: number,
): Promise<void> {
  const status = OWNER_WIDE[action];
  const decision = await readDecision(management, { owner, apiId });
  if (isBlock(decision?.status) ? decision?.status !== status : status !== 'UNBLOCKED') return;
  const link = await readLink(management, owner, applicationId, apiId);
  const { subscription: before } = link;
  if (before === undefined || !isAdmitted(before.status)) return;
  // An earlier request may have ended before all credentials had followed.
  if (before.status === status) return forceStatus(management, link, before);
  const application = await findApplication(management, owner, applicationId);
  // An application that is being deleted: its links end anyway.
  if (application === undefined) return;
  const subscription = { ...before, status };
  const now = management.clock();
  const isForced = triedBefore >= ATTEMPTS_BEFORE_FORCE;
  await writeAll(management.store, [
    ...(isForced
      ? forceWrites({ link, subscription: before, application }, status)
      : linkWrites(link, withSubscription(link, subscription), application, now)),
    decisionUnchanged({ owner, apiId }, decision),
    subscriptionEntry(caller, now, `subscription.${action}`, { link, before, after: subscription }),
  ]);
  if (isForced) await forceStatus(management, link, subscription);
}
