import type { Caller } from '../../core/http/caller.ts';
import { notFound } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { OWNER_WIDE, type OwnerWideAction } from '../../core/subscriptions/publisher-decision.ts';
import type { StandingDecisionItem } from '../../platform/dynamodb/items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { getAnyApi } from '../apis/apis.ts';
import { auditEntry } from '../audit/audit.ts';
import { retryOnConflict, UNYIELDING, type Management } from '../frame/management.ts';
import { reachAllSubscriptions } from './reach-all-subscriptions.ts';
import { decisionWrites, listDecisions, readDecision } from './standing-decisions.ts';

/** Publishers' decisions at an API, oldest first. @throws Fault `not_found` */
export async function listStandingDecisions(
  management: Management,
  apiId: string,
): Promise<readonly StandingDecisionItem[]> {
  await getAnyApi(management, apiId);
  return listDecisions(management, apiId);
}

/**
 * Blocks an owner at an API, whether or not there is a subscription now: for owners who unsubscribe faster than their
 * subscriptions can be blocked.
 * @throws Fault `not_found` for the API; Unfinished when some subscriptions have not followed.
 */
export async function blockOwner(
  management: Management,
  caller: Caller,
  { owner, apiId }: { readonly owner: string; readonly apiId: string },
  action: Exclude<OwnerWideAction, 'unblock'>,
  ifMatch?: IfMatch,
): Promise<StandingDecisionItem> {
  const decision = await retryOnConflict(async () => {
    await getAnyApi(management, apiId);
    const before = await readDecision(management, { owner, apiId });
    requireVersion(before?.version ?? 0, ifMatch);
    const status = OWNER_WIDE[action];
    if (before?.status === status) return before;
    const now = management.clock();
    const place = { owner, ownerName: before?.ownerName ?? owner, apiId };
    const version = (before?.version ?? 0) + 1;
    await writeAll(management.store, [
      ...decisionWrites(caller, now, place, before, status),
      auditEntry(caller, now, {
        action: 'decision.block',
        resourceId: apiId,
        owner,
        ...(before !== undefined && { before: { status: before.status } }),
        after: { status },
      }),
    ]);
    const { actor = caller } = caller;
    return { ...place, status, decidedBy: actor.subject, decidedByName: actor.name, decidedAt: now, version };
  }, UNYIELDING);
  await reachAllSubscriptions(management, caller, { owner, apiId }, action);
  return decision;
}

/**
 * Lifts what stands for an owner at an API, also when no subscription is left. Blocked subscriptions that are left work
 * again; rejected ones wait for their approval.
 * @throws Fault `not_found` when nothing stands; `precondition_failed`; Unfinished when some subscriptions have not
 * followed.
 */
export async function liftDecision(
  management: Management,
  caller: Caller,
  { owner, apiId }: { readonly owner: string; readonly apiId: string },
  ifMatch?: IfMatch,
): Promise<void> {
  await retryOnConflict(async () => {
    const before = await readDecision(management, { owner, apiId });
    if (before === undefined) throw notFound('decision');
    requireVersion(before.version, ifMatch);
    const now = management.clock();
    await writeAll(management.store, [
      ...decisionWrites(caller, now, before, before, undefined),
      auditEntry(caller, now, {
        action: 'decision.lift',
        resourceId: apiId,
        owner,
        before: { status: before.status },
      }),
    ]);
  });
  await reachAllSubscriptions(management, caller, { owner, apiId }, 'unblock');
}
