import { randomUUID } from 'node:crypto';
import { recordedChange, type AuditedChange, type SubscriptionAction } from '../../contract/audit-entry.ts';
import type { Caller } from '../../core/http/caller.ts';
import type { Link, Subscription } from '../../core/subscriptions/link.ts';
import { auditItemKey, listedByTime, LISTINGS } from '../../platform/dynamodb/keys.ts';
import { create, type Write } from '../../platform/dynamodb/writes.ts';

/**
 * What was done, to be written in the transaction that does it. `resourceId`: the resource; `owner`: whose it is, which is
 * not always who acts. The entry says what of the states changed (`recordedChange`).
 */
export type AuditedAction = AuditedChange & { readonly resourceId: string; readonly owner: string };

/** The audit entry of an action at `now` (milliseconds since the epoch). */
export function auditEntry(
  caller: Caller,
  now: number,
  { action, resourceId, owner, ...states }: AuditedAction,
): Write {
  const auditId = randomUUID();
  const at = new Date(now).toISOString();
  return create(auditItemKey(at, auditId), {
    auditId,
    at,
    actor: caller.actor?.subject ?? caller.subject,
    actorName: caller.actor?.name ?? caller.name,
    sourceIp: caller.sourceIp,
    requestId: caller.requestId,
    action,
    resourceId,
    owner,
    ...recordedChange(action, states),
    ...listedByTime(LISTINGS.auditOf(resourceId), now, auditId),
  });
}

/** What is audited of a subscription that is another `after` than `before`. */
export function subscriptionAudit(
  action: SubscriptionAction,
  { link: { owner, applicationId, apiId }, before, after }: SubscriptionChange,
): AuditedAction {
  return {
    action,
    resourceId: after.subscriptionId,
    owner,
    before: { applicationId, apiId, ...before },
    after: { applicationId, apiId, ...after },
  };
}

interface SubscriptionChange {
  /** Where the subscription is. */
  readonly link: Pick<Link, 'owner' | 'applicationId' | 'apiId'>;
  /** Absent: there was none. */
  readonly before: Subscription | undefined;
  readonly after: Subscription;
}
