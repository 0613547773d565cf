import { z } from 'zod';
import { LIFECYCLE_STATUSES } from '../core/apis/managed-api.ts';
import { KEY_TYPES } from '../core/decision/credential.ts';
import { BURST_TIME_UNITS, POLICY_LEVELS, TIME_UNITS } from '../core/limits/throttling-policy.ts';

/**
 * What the entries of the audit trail say of a resource, as far as code reads it again: events, resets of the gateway's
 * caches. Entries of years stand in the table: a field is added as optional, and none is taken away. Readers ask for
 * what they need alone (`pick`), so that an old entry stays readable.
 */
const texts = z.array(z.string()).readonly();

export type KeySnapshot = Readonly<z.infer<typeof KeySnapshot>>;
export const KeySnapshot = z.object({
  keyUUID: z.string(),
  keyName: z.string(),
  keyType: z.enum(KEY_TYPES),
  status: z.string(),
  owner: z.string(),
  ownerName: z.string(),
  /** Of a key of one API. */
  apiId: z.string().exactOptional(),
  apiName: z.string().exactOptional(),
  /** Of a key of an application. */
  boundApplicationId: z.string().exactOptional(),
  /** The application that it is associated with. */
  applicationId: z.string().exactOptional(),
  /** Seconds since the epoch. */
  expiresAt: z.number().exactOptional(),
  graceEndsAt: z.number().exactOptional(),
  suspendedBy: z.string().exactOptional(),
  suspensionReason: z.string().exactOptional(),
  description: z.string().exactOptional(),
  metadata: z.record(z.string(), z.string()).exactOptional(),
  permittedIp: texts.exactOptional(),
  permittedReferrer: texts.exactOptional(),
  validityPeriod: z.number().exactOptional(),
});

/** What is new of a key at its end. */
export type KeyEnd = Readonly<z.infer<typeof KeyEnd>>;
export const KeyEnd = z.object({ status: z.literal('REVOKED'), reason: z.string().exactOptional() });

/** Absent besides where it is: before a subscription, there was none. */
export type SubscriptionSnapshot = Readonly<z.infer<typeof SubscriptionSnapshot>>;
export const SubscriptionSnapshot = z.object({
  applicationId: z.string(),
  apiId: z.string(),
  subscriptionId: z.string().exactOptional(),
  status: z.string().exactOptional(),
  policy: z.string().exactOptional(),
  requestedPolicy: z.string().exactOptional(),
});

export type ApplicationSnapshot = Readonly<z.infer<typeof ApplicationSnapshot>>;
export const ApplicationSnapshot = z.object({
  name: z.string(),
  throttlingPolicy: z.string(),
  /** Of one that changes its owner. */
  owner: z.string().exactOptional(),
  ownerName: z.string().exactOptional(),
  /** Of one that is deleted or changes its owner: the APIs that it subscribed to, and the keys that it had, its own first. */
  apis: texts.exactOptional(),
  keys: texts.exactOptional(),
});

/** An API as it is registered. */
export type ApiSnapshot = Readonly<z.infer<typeof ApiSnapshot>>;
export const ApiSnapshot = z.object({
  gatewayApiId: z.string(),
  /** As `formatFreshness` writes it. Absent: `strict`. */
  freshness: z.string().optional(),
});

export type LifecycleSnapshot = Readonly<z.infer<typeof LifecycleSnapshot>>;
export const LifecycleSnapshot = z.object({
  name: z.string().exactOptional(),
  lifecycle: z.enum(LIFECYCLE_STATUSES),
});

/** What of a policy can refuse a call. */
export type PolicySnapshot = Readonly<z.infer<typeof PolicySnapshot>>;
export const PolicySnapshot = z.object({
  level: z.enum(POLICY_LEVELS),
  name: z.string(),
  /** Absent: no limit. */
  limit: z
    .object({ requestCount: z.number(), unitTime: z.number(), timeUnit: z.enum(TIME_UNITS) })
    .exactOptional(),
  /** Absent: no burst control. */
  burst: z.object({ requestCount: z.number(), timeUnit: z.enum(BURST_TIME_UNITS) }).exactOptional(),
  /** Whether calls past the limit are refused, or only counted. */
  stopOnQuotaReach: z.boolean(),
});
