import { z } from 'zod';
import { readLatest } from '../../contract/audit-entry.ts';
import {
  ApplicationSnapshot,
  LifecycleSnapshot,
  SubscriptionSnapshot,
} from '../../contract/audit-snapshots.ts';
import { EVENT_OF_ACTION, EVENT_SOURCE, isAuditAction } from '../../core/audit/lifecycle-event.ts';
import type { AuditItem } from '../../platform/dynamodb/items.ts';
import { keyDetail } from './key-detail.ts';
import { LifecycleEvent } from './lifecycle-event.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The consequences of an audit entry. */
export type Description =
  | { readonly type: 'event'; readonly event: LifecycleEvent }
  /** A change that no event tells of. */
  | { readonly type: 'none' }
  /** An entry that is newer than this code. */
  | { readonly type: 'unknown' };

/** @throws z.ZodError for an entry that lacks what its event must say. */
export function describeChange(entry: AuditItem): Description {
  if (!isAuditAction(entry.action)) return { type: 'unknown' };
  const detailType = EVENT_OF_ACTION[entry.action];
  if (detailType === undefined) return { type: 'none' };
  const { auditId, at, owner, actor, actorName, requestId, action } = entry;
  const event = LifecycleEvent.parse({
    source: EVENT_SOURCE,
    'detail-type': detailType,
    detail: {
      // Written with the entry, so that every delivery of its stream record has the same.
      eventId: auditId,
      at,
      owner,
      actor,
      actorName,
      requestId,
      ...DETAILS[Resource.parse(action.split('.', 1)[0])](entry),
    },
  });
  return { type: 'event', event };
}

/** Old entries lack some of the fields: the event says which it must have. */
const Subscription = SubscriptionSnapshot.partial();
const Application = ApplicationSnapshot.partial();
const Lifecycle = LifecycleSnapshot.partial();

const Resource = z.enum(['key', 'subscription', 'application', 'api']);

const DETAILS = {
  key: keyDetail,
  subscription: subscriptionDetail,
  application: applicationDetail,
  api: apiDetail,
} as const satisfies Record<z.infer<typeof Resource>, (entry: AuditItem) => Fields>;

function subscriptionDetail(entry: AuditItem): Fields {
  const [before, after] = [Subscription.parse(entry.before ?? {}), Subscription.parse(entry.after ?? {})];
  const latest = readLatest(Subscription, entry);
  const was = (field: 'policy' | 'status') =>
    before[field] === undefined || after[field] === undefined || before[field] === after[field]
      ? undefined
      : before[field];
  return present({
    subscriptionId: entry.resourceId,
    applicationId: latest.applicationId,
    apiId: latest.apiId,
    throttlingPolicy: latest.policy,
    previousThrottlingPolicy: was('policy'),
    // A request that ended stands in the state before alone.
    requestedThrottlingPolicy: (Object.keys(after).length > 0 ? after : before).requestedPolicy,
    status: latest.status,
    previousStatus: was('status'),
  });
}

function applicationDetail(entry: AuditItem): Fields {
  const [before, after] = [Application.parse(entry.before ?? {}), Application.parse(entry.after ?? {})];
  const { name, throttlingPolicy } = readLatest(Application, entry);
  return present({
    applicationId: entry.resourceId,
    applicationName: name,
    throttlingPolicy,
    previousOwner: before.owner === after.owner ? undefined : before.owner,
    apiIds: before.apis,
    keyUUIDs: before.keys,
  });
}

function apiDetail({ resourceId, before = {}, after = {} }: AuditItem): Fields {
  const { name, lifecycle } = Lifecycle.parse(after);
  return present({
    apiId: resourceId,
    apiName: name,
    lifecycle,
    previousLifecycle: Lifecycle.parse(before).lifecycle,
  });
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
