import type { Caller } from '../../core/http/caller.ts';
import { notFound } from '../../core/http/fault.ts';
import { OWNER_WIDE, type OwnerWideAction } from '../../core/subscriptions/publisher-decision.ts';
import type { StandingDecisionItem } from '../../platform/dynamodb/items.ts';
import { getAnyApi } from '../apis/apis.ts';
import { noChange, unyielding, type Plan } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';
import { look } from '../frame/snapshot.ts';
import { hasBlockedSubscriptions, reachAllSubscriptions } from './reach-all-subscriptions.ts';
import { decisionWrites, listDecisions, readDecision } from './standing-decisions.ts';

/** Publishers' decisions at an API, oldest first. @throws Fault `not_found` */
export async function listStandingDecisions(
  access: TableAccess,
  apiId: string,
): Promise<readonly StandingDecisionItem[]> {
  await getAnyApi(look(access), apiId);
  return listDecisions(access, apiId);
}

interface Place {
  readonly owner: string;
  readonly apiId: string;
}

/**
 * Blocks an owner at an API, whether or not there is a subscription now: for owners who unsubscribe faster than their
 * subscriptions can be blocked.
 * @throws Fault `not_found` for the API; Unfinished when some subscriptions have not followed.
 */
export function blockOwner(
  access: TableAccess,
  caller: Caller,
  { owner, apiId }: Place,
  action: Exclude<OwnerWideAction, 'unblock'>,
): Plan<StandingDecisionItem> {
  const status = OWNER_WIDE[action];
  const reaching = (decision: StandingDecisionItem) => async () => {
    await reachAllSubscriptions(access, caller, { owner, apiId }, action);
    return decision;
  };
  return unyielding(async (read) => {
    await getAnyApi(read.loosely, apiId);
    const before = await readDecision(read, { owner, apiId });
    read.requireVersion(before?.version ?? 0, before?.status === status);
    if (before?.status === status) return { ...noChange(before), followUp: reaching(before) };
    const { actor = caller } = caller;
    const decision: StandingDecisionItem = {
      owner,
      ownerName: before?.ownerName ?? owner,
      apiId,
      status,
      decidedBy: actor.subject,
      decidedByName: actor.name,
      decidedAt: read.now,
      version: (before?.version ?? 0) + 1,
    };
    return {
      result: decision,
      writes: decisionWrites(caller, read.now, decision, before, status),
      audit: {
        action: 'decision.block',
        resourceId: apiId,
        owner,
        ...(before !== undefined && { before: { status: before.status } }),
        after: { status },
      },
      followUp: reaching(decision),
    };
  });
}

/**
 * Lifts what stands for an owner at an API, also when no subscription is left. Blocked subscriptions that are left work
 * again; rejected ones wait for their approval.
 * @throws Fault `not_found` when nothing stands and nothing is left to unblock; `precondition_failed`; Unfinished when some subscriptions have not
 * followed.
 */
export function liftDecision(access: TableAccess, caller: Caller, { owner, apiId }: Place): Plan<void> {
  return async (read) => {
    const before = await readDecision(read, { owner, apiId });
    const followUp = () => reachAllSubscriptions(access, caller, { owner, apiId }, 'unblock');
    if (before === undefined) {
      if (await hasBlockedSubscriptions(read, { owner, apiId })) return { ...noChange(undefined), followUp };
      throw notFound('decision');
    }
    read.requireVersion(before.version);
    return {
      result: undefined,
      writes: decisionWrites(caller, read.now, before, before, undefined),
      audit: {
        action: 'decision.lift',
        resourceId: apiId,
        owner,
        before: { status: before.status },
      },
      followUp,
    };
  };
}
