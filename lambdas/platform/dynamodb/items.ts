import { z } from 'zod';
import { CREDENTIAL_STATUSES, KEY_TYPES, SUBSCRIPTION_STATUSES } from '../../core/credential.ts';
import { LIFECYCLE_STATUSES } from '../../core/managed-api.ts';

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
  policies: z.array(z.string()),
  keyHeader: z.string().optional(),
  keyQueryParameter: z.string().optional(),
  gatewayApiId: z.string(),
  productionUrl: z.string(),
  sandboxUrl: z.string(),
  /** The CloudFormation stack that registered it. */
  stackId: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type ApiItem = Readonly<z.infer<typeof ApiItem>>;

/** The OpenAPI document of an API, as JSON text. */
export const ApiDefinitionItem = z.object({ definition: z.string() });

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
  createdAt: z.number(),
  updatedAt: z.number(),
  version: z.number(),
});
export type ApplicationItem = Readonly<z.infer<typeof ApplicationItem>>;

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
      createdAt: z.number(),
    })
    .exactOptional(),
  keys: z.record(
    z.string(),
    z.object({ digest: z.string(), expiresAtEpochSeconds: z.number().exactOptional() }),
  ),
  version: z.number(),
});

export const KeyItem = z.object({
  keyUUID: z.string(),
  keyName: z.string(),
  keyType: z.enum(KEY_TYPES),
  status: z.enum(CREDENTIAL_STATUSES),
  apiId: z.string(),
  apiName: z.string(),
  owner: z.string(),
  ownerName: z.string(),
  /** Of the live value. */
  digest: z.string(),
  /** Seconds from issue to expiry; -1: never expires. */
  validityPeriod: z.number(),
  createdAt: z.number(),
  /** When the live value was issued. */
  issuedAt: z.number(),
  expiresAt: z.number().exactOptional(),
  permittedIp: z.array(z.string()),
  permittedReferrer: z.array(z.string()),
  applicationId: z.string().exactOptional(),
  version: z.number(),
  ttl: z.number().exactOptional(),
});
export type KeyItem = Readonly<z.infer<typeof KeyItem>>;

export const KeyReferenceItem = z.object({ owner: z.string(), apiId: z.string() });

export const SubscriptionReferenceItem = z.object({
  owner: z.string(),
  applicationId: z.string(),
  apiId: z.string(),
});
