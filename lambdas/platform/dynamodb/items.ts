import { z } from 'zod';
import { PolicySnapshot } from '../../contract/audit-snapshots.ts';
import { RefusalRecord } from '../../contract/read-refusal-line.ts';
import { readNameOfCount } from '../../core/usage/call-counts.ts';
import { CREDENTIAL_STATUSES, KEY_TYPES, SUBSCRIPTION_STATUSES } from '../../core/decision/credential.ts';
import { LIFECYCLE_STATUSES } from '../../core/apis/managed-api.ts';
import { STANDING_STATUSES } from '../../core/subscriptions/publisher-decision.ts';
import { COUNTER_FAILURE_CHOICES } from '../../core/limits/throttling-policy.ts';

/**
 * The items of the table as the management functions read them, keys aside (see `keys.ts`). Times are
 * milliseconds since the epoch, except `expiresAt` and `ttl`: seconds. `version` counts the writes of an item.
 */
export const ApiItem = z.object({
  apiId: z.string(),
  name: z.string(),
  version: z.string(),
  /** Path under which the gateway serves it: `/pizzashack/1.0.0`. */
  context: z.string(),
  description: z.string(),
  provider: z.string(),
  lifecycle: z.enum(LIFECYCLE_STATUSES),
  requiresSubscription: z.boolean(),
  /** Names of the business plans that it can be subscribed with. */
  /** Absent: all that there are. */
  policies: z.array(z.string()).optional(),
  /** Names of the tags of its OpenAPI document; absent: none. */
  tags: z.array(z.string()).optional(),
  /** Whether its authorizer looks up keys that were made elsewhere. */
  acceptsImportedKeys: z.boolean(),
  /** Whether a publisher must approve new subscriptions. */
  approvesSubscriptions: z.boolean(),
  /** As `formatFreshness` writes it. Absent: `strict`. */
  freshness: z.string().optional(),
  keyHeader: z.string().optional(),
  keyQueryParameter: z.string().optional(),
  gatewayApiId: z.string(),
  /** Name of the log group of its access log, proven to be of the same stack. */
  accessLogGroup: z.string().optional(),
  productionUrl: z.string(),
  sandboxUrl: z.string(),
  /** The CloudFormation stack that registered it. */
  stackId: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Counts the writes of the item. Absent in items that were written before there were revisions. */
  revision: z.number().default(0),
});
export type ApiItem = Readonly<z.infer<typeof ApiItem>>;

const Values = z.object({
  values: z.array(z.object({ digest: z.string(), expiresAtEpochSeconds: z.number().exactOptional() })),
});

/** The OpenAPI document of an API, as JSON text; of a large one, by what its parts are found. */
export const ApiDefinitionItem = z.union([
  z.object({ definition: z.string() }),
  z.object({ digest: z.string(), parts: z.int() }),
]);

/** A part of a large document, see `packDefinition`. `stackId`: the stack that brought it. */
export const ApiDefinitionPartItem = z.object({ part: z.int(), content: z.string(), stackId: z.string() });

export const ApplicationItem = z.object({
  applicationId: z.string(),
  owner: z.string(),
  ownerName: z.string(),
  name: z.string(),
  description: z.string(),
  throttlingPolicy: z.string(),
  tokenType: z.enum(['JWT', 'OAUTH']),
  attributes: z.record(z.string(), z.string()),
  subscriptionCount: z.number(),
  /** The keys of the application itself, by UUID. */
  keys: z.record(z.string(), Values),
  /** The new owner, while the application is being transferred. The item then remains for the authorizer alone. */
  movingTo: z.string().exactOptional(),
  /** The previous owner, as long as links or keys of a transferred application are left there. */
  movingFrom: z.string().exactOptional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  version: z.number(),
});
export type ApplicationItem = Readonly<z.infer<typeof ApplicationItem>>;

/** What is left of an application that was deleted in parts, as long as links of it are left. */
export const EndingApplicationItem = z.object({
  applicationId: z.string(),
  /** Of the application when it was deleted. */
  version: z.number(),
});

/** Keeps the names of an owner's applications unique. */
export const ApplicationNameItem = z.object({ applicationId: z.string() });

export const LinkItem = z.object({
  owner: z.string(),
  applicationId: z.string(),
  apiId: z.string(),
  subscription: z
    .object({
      subscriptionId: z.string(),
      status: z.enum(SUBSCRIPTION_STATUSES),
      policy: z.string(),
      /** The plan that waits for a publisher's approval; until then `policy` holds. */
      requestedPolicy: z.string().exactOptional(),
      createdAt: z.number(),
    })
    .exactOptional(),
  keys: z.record(z.string(), Values),
  version: z.number(),
});

/** A publisher's decision about an owner at an API, until a publisher lifts it. */
export const StandingDecisionItem = z.object({
  owner: z.string(),
  ownerName: z.string(),
  apiId: z.string(),
  status: z.enum(STANDING_STATUSES),
  decidedBy: z.string(),
  decidedByName: z.string(),
  decidedAt: z.number(),
  version: z.number(),
});
export type StandingDecisionItem = Readonly<z.infer<typeof StandingDecisionItem>>;

export const KeyItem = z.object({
  keyUUID: z.string(),
  keyName: z.string(),
  keyType: z.enum(KEY_TYPES),
  status: z.enum(CREDENTIAL_STATUSES),
  /** For a key of one API, with `apiName`. */
  apiId: z.string().exactOptional(),
  apiName: z.string().exactOptional(),
  /** For a key of an application; then `applicationId` is the same. */
  boundApplicationId: z.string().exactOptional(),
  owner: z.string(),
  ownerName: z.string(),
  description: z.string(),
  metadata: z.record(z.string(), z.string()),
  /** Of the newest value. */
  digest: z.string(),
  /** The value before, while its grace period lasts. */
  graced: z.object({ digest: z.string(), endsAt: z.number(), issuedAt: z.number() }).exactOptional(),
  /** Seconds from issue to expiry; -1: never expires. */
  validityPeriod: z.number(),
  createdAt: z.number(),
  /** When the live value was issued. */
  issuedAt: z.number(),
  expiresAt: z.number().exactOptional(),
  permittedIp: z.array(z.string()),
  permittedReferrer: z.array(z.string()),
  /** The application that the key is associated with. */
  applicationId: z.string().exactOptional(),
  revocationReason: z.string().exactOptional(),
  /** For a revoked key: some of its values may still have to be ended. */
  isEnding: z.literal(true).exactOptional(),
  /** For a key that an administrator suspended: only administrators can resume it. */
  suspendedBy: z.literal('administrator').exactOptional(),
  suspensionReason: z.string().exactOptional(),
  version: z.number(),
  ttl: z.number().exactOptional(),
});
export type KeyItem = Readonly<z.infer<typeof KeyItem>>;

/** The fields of a key that lists across owners read: none that can be large. */
export const ListedKeyItem = KeyItem.pick({
  keyUUID: true,
  keyName: true,
  keyType: true,
  status: true,
  apiId: true,
  apiName: true,
  boundApplicationId: true,
  owner: true,
  ownerName: true,
  validityPeriod: true,
  createdAt: true,
  issuedAt: true,
  expiresAt: true,
  applicationId: true,
  revocationReason: true,
  suspendedBy: true,
  suspensionReason: true,
});
export type ListedKeyItem = Readonly<z.infer<typeof ListedKeyItem>>;

/** What the management functions look at of a credential; `read-credential.ts` reads it whole. */
export const CredentialItem = z.object({
  keyUUID: z.string(),
  status: z.enum(CREDENTIAL_STATUSES),
  issuedAt: z.number(),
  expiresAt: z.number().optional(),
  replacedAt: z.number().optional(),
});

export const KeyReferenceItem = z.object({
  owner: z.string(),
  apiId: z.string().exactOptional(),
  boundApplicationId: z.string().exactOptional(),
});

/** The reference of a key as the lists by day of expiry have it. */
export const ExpiringKeyItem = KeyReferenceItem.extend({ keyUUID: z.string() });

/** A value that ends at a time: the reference of a key that expires, or the credential of a graced value. */
export const EndingValueItem = KeyReferenceItem.extend({
  /** Absent in references that were written before this attribute was. */
  keyType: z.enum(KEY_TYPES).exactOptional(),
  applicationId: z.string().exactOptional(),
  listingOrder: z.string(),
});

/** What was last said of the expiry of a key. */
export const ReminderItem = z.object({
  keyUUID: z.string(),
  /** Of the key at that time. */
  expiresAt: z.number(),
  /** The reminder: so many days before; 0: that it has expired. */
  daysLeft: z.number(),
});
export type ReminderItem = Readonly<z.infer<typeof ReminderItem>>;

/** When a key was last used. */
export const UsageItem = z.object({
  keyUUID: z.string(),
  lastUsed: z.number(),
  /** Last use of the newest values, by the time of their issue. */
  values: z.record(z.string(), z.number()),
  version: z.number(),
});
export type UsageItem = Readonly<z.infer<typeof UsageItem>>;

/** What was counted of the calls of an hour; beside it stand the numbers that `core/usage/call-counts.ts` names. */
export const CallHourItem = z
  .object({ hour: z.string() })
  .catchall(z.unknown())
  .transform(({ hour, ...rest }) => ({
    hour,
    counts: Object.fromEntries(
      Object.entries(rest).filter(
        (entry): entry is [string, number] =>
          readNameOfCount(entry[0]) !== undefined && typeof entry[1] === 'number',
      ),
    ),
  }));
export type CallHourItem = Readonly<z.infer<typeof CallHourItem>>;

/** How many calls with a key came from an address on a day. */
export const CallAddressItem = z.object({ address: z.string(), calls: z.number() });
export type CallAddressItem = Readonly<z.infer<typeof CallAddressItem>>;

/** A call that was refused, as the authorizer's log tells of it. */
export const RefusalItem = RefusalRecord;
export type RefusalItem = Readonly<z.infer<typeof RefusalItem>>;

export const SubscriptionReferenceItem = z.object({
  owner: z.string(),
  applicationId: z.string(),
  apiId: z.string(),
});

export const PolicyItem = PolicySnapshot.extend({
  policyId: z.string(),
  displayName: z.string(),
  description: z.string(),
  /** Absent: `REFUSE`. */
  onCounterFailure: z.enum(COUNTER_FAILURE_CHOICES).exactOptional(),
  /** How many applications or subscriptions have it. */
  useCount: z.number(),
  version: z.number(),
});
export type PolicyItem = Readonly<z.infer<typeof PolicyItem>>;

export const AuditItem = z.object({
  auditId: z.string(),
  at: z.string(),
  actor: z.string(),
  actorName: z.string(),
  sourceIp: z.string(),
  requestId: z.string(),
  action: z.string(),
  resourceId: z.string(),
  owner: z.string(),
  before: z.record(z.string(), z.unknown()).exactOptional(),
  after: z.record(z.string(), z.unknown()).exactOptional(),
});
export type AuditItem = Readonly<z.infer<typeof AuditItem>>;

/** The answer to a request with an Idempotency-Key, which alone opens it. */
export const IdempotencyItem = z.object({ fingerprint: z.string(), sealed: z.string() });

/** What such an answer is once opened. */
export const StoredAnswer = z.object({
  status: z.union([z.literal(200), z.literal(201)]),
  body: z.unknown(),
  location: z.string().exactOptional(),
  version: z.number().exactOptional(),
});
