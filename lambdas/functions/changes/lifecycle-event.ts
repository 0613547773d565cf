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
  eventId: z.string().describe('The same whenever this event is delivered: for telling repetitions.'),
  at: time.describe('When it happened.'),
  owner: z.string().describe('The subject of whom it belongs to; of an API, its provider.'),
  actor: z.string().exactOptional().describe('The subject of who did it; absent when time did.'),
  actorName: z.string().exactOptional(),
  requestId: z.string().exactOptional().describe('Of the request that did it, as in the logs.'),
};

const KeyDetail = z.strictObject({
  ...common,
  keyUUID: z.string(),
  keyName: z.string(),
  keyType: z.enum(KEY_TYPES),
  ownerName: z.string(),
  status: z.enum(['ACTIVE', 'SUSPENDED', 'REVOKED']).describe('After the event.'),
  apiId: z.string().exactOptional().describe('Absent for a key of an application.'),
  apiName: z.string().exactOptional(),
  applicationId: z
    .string()
    .exactOptional()
    .describe('The application of the key; of a dissociated or revoked key, the one that it had.'),
  expiresOn: time.exactOptional().describe('Absent: never.'),
  daysLeft: z.int().exactOptional().describe('Of an expiring key: 30, 7 or 1, by the calendar of UTC.'),
  graceEndsOn: time.exactOptional().describe('Until when the value before works, too.'),
  changed: z.array(z.string()).exactOptional().describe('Of an updated key: which fields.'),
  reason: z
    .string()
    .exactOptional()
    .describe('The given reason why it was revoked, or suspended by an administrator.'),
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
    .describe('The plan that waits for approval after the event; until then the current plan applies.'),
  status: z.enum(SUBSCRIPTION_STATUSES).describe('After the event; of a deleted one, the last.'),
  previousStatus: z.enum(SUBSCRIPTION_STATUSES).exactOptional(),
});

const ApplicationDetail = z.strictObject({
  ...common,
  applicationId: z.string(),
  applicationName: z.string(),
  throttlingPolicy: z.string(),
  previousOwner: z.string().exactOptional().describe('Of an application that got another owner.'),
  apiIds: z
    .array(z.string())
    .exactOptional()
    .describe(
      'Of an application that was deleted or got another owner: the APIs that it had keys for or was subscribed to.',
    ),
  keyUUIDs: z
    .array(z.string())
    .exactOptional()
    .describe(
      'Of a deleted application: its own keys, now revoked, and those dissociated from it; of one that got another owner: all that went along; at most 1,000.',
    ),
});

const ApiDetail = z.strictObject({
  ...common,
  apiId: z.string(),
  apiName: z.string().exactOptional(),
  lifecycle: z.enum(LIFECYCLE_STATUSES),
  previousLifecycle: z.enum(LIFECYCLE_STATUSES),
});

/** What EventBridge adds to an event is left open. */
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
