import { z } from 'zod';
import { KEY_TYPES, SUBSCRIPTION_STATUSES } from '../../core/decision/credential.ts';
import {
  API_EVENTS,
  APPLICATION_EVENTS,
  EVENT_SOURCE,
  KEY_EVENTS,
  SUBSCRIPTION_EVENTS,
} from '../../core/audit/lifecycle-event.ts';
import { LIFECYCLE_STATUSES } from '../../core/apis/managed-api.ts';

/**
 * The events as they are published. `docs/events/lifecycle-event.schema.json` is made of this schema; consumers
 * rely on it: fields are added, never taken away or given another meaning. Strict, so that nothing of an audit
 * entry gets into an event that is not named here; above all no digest.
 */
const time = z.iso.datetime();

const common = {
  eventId: z
    .string()
    .describe('The same whenever this event is delivered, so that repetitions can be recognized.'),
  at: time.describe('When it happened.'),
  owner: z.string().describe('Subject of the owner; for an API, its provider.'),
  actor: z
    .string()
    .exactOptional()
    .describe('Subject of the person who did it; absent for expiry and reminders.'),
  actorName: z.string().exactOptional(),
  requestId: z.string().exactOptional().describe('Id of the request that did it, as in the logs.'),
};

const KeyDetail = z.strictObject({
  ...common,
  keyUUID: z.string(),
  keyName: z.string(),
  keyType: z.enum(KEY_TYPES),
  ownerName: z.string(),
  status: z.enum(['ACTIVE', 'SUSPENDED', 'REVOKED']).describe('After the event.'),
  apiId: z.string().exactOptional().describe('Absent for an application key.'),
  apiName: z.string().exactOptional(),
  applicationId: z
    .string()
    .exactOptional()
    .describe('The application of the key; for a dissociated or revoked key, its last one.'),
  expiresOn: time.exactOptional().describe('Absent: the key never expires.'),
  daysLeft: z.int().exactOptional().describe('For an expiring key: 30, 7 or 1, by the UTC calendar.'),
  graceEndsOn: time.exactOptional().describe('When the previous value stops working.'),
  changed: z.array(z.string()).exactOptional().describe('For an updated key: the changed fields.'),
  reason: z
    .string()
    .exactOptional()
    .describe('The reason that was given for a revocation, or for a suspension by an administrator.'),
});

const SubscriptionDetail = z.strictObject({
  ...common,
  subscriptionId: z.string(),
  applicationId: z.string().exactOptional(),
  apiId: z.string().exactOptional(),
  throttlingPolicy: z.string(),
  previousThrottlingPolicy: z.string().exactOptional(),
  requestedThrottlingPolicy: z
    .string()
    .exactOptional()
    .describe('The plan that awaits approval; until then the current plan applies.'),
  status: z
    .enum(SUBSCRIPTION_STATUSES)
    .describe('After the event; for a deleted subscription, its last status.'),
  previousStatus: z.enum(SUBSCRIPTION_STATUSES).exactOptional(),
});

const ApplicationDetail = z.strictObject({
  ...common,
  applicationId: z.string(),
  applicationName: z.string(),
  throttlingPolicy: z.string(),
  previousOwner: z.string().exactOptional().describe('For an application with a new owner.'),
  apiIds: z
    .array(z.string())
    .exactOptional()
    .describe(
      'For a deleted application, or one with a new owner: the APIs that it had keys for or was subscribed to.',
    ),
  keyUUIDs: z
    .array(z.string())
    .exactOptional()
    .describe(
      'For a deleted application: its application keys, now revoked, and the keys dissociated from it. For one with a new owner: all keys that went along. At most 1,000.',
    ),
});

const ApiDetail = z.strictObject({
  ...common,
  apiId: z.string(),
  apiName: z.string().exactOptional(),
  lifecycle: z.enum(LIFECYCLE_STATUSES),
  previousLifecycle: z.enum(LIFECYCLE_STATUSES),
});

/** The schema of a published event. Fields that EventBridge adds are left open. */
function published<T extends string, D extends z.ZodType>(types: readonly [T, ...T[]], detail: D) {
  return z.looseObject({ source: z.literal(EVENT_SOURCE), 'detail-type': z.enum(types), detail });
}

export const LifecycleEvent = z
  .union([
    published(KEY_EVENTS, KeyDetail),
    published(SUBSCRIPTION_EVENTS, SubscriptionDetail),
    published(APPLICATION_EVENTS, ApplicationDetail),
    published(API_EVENTS, ApiDetail),
  ])
  .meta({ title: 'Keybound lifecycle event' });
export type LifecycleEvent = Readonly<z.infer<typeof LifecycleEvent>>;

/** The schema for those who receive events, in JSON Schema 2020-12. */
export function lifecycleEventJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(LifecycleEvent, { target: 'draft-2020-12' }) };
}
