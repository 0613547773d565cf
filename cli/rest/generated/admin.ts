// Written by `npm run rest-answers` from the OpenAPI documents.

import * as z from 'zod';

export const AnyApiKey = z.object({
  keyUUID: z.string(),
  keyName: z.string(),
  apiName: z.string().nullable(),
  apiUUID: z.string().nullable(),
  applicationId: z.string().nullable(),
  applicationName: z.string().nullable(),
  keyType: z.string(),
  status: z.string(),
  suspendedBy: z.string().optional(),
  reason: z.string().optional(),
  user: z.string(),
  owner: z.string(),
  createdOn: z.int(),
  issuedOn: z.int(),
  expiresOn: z.int().nullable(),
  validityPeriod: z.int(),
  lastUsed: z.int().nullable(),
});

export type AnyApiKey = z.infer<typeof AnyApiKey>;

export const AnyApplication = z.object({
  applicationId: z.string(),
  name: z.string(),
  owner: z.string(),
  ownerId: z.string(),
  status: z.string(),
  groupId: z.string(),
  throttlingPolicy: z.string(),
  createdTime: z.string(),
});

export type AnyApplication = z.infer<typeof AnyApplication>;

export const ApiName = z.object({
  apiId: z.string(),
  name: z.string(),
  version: z.string(),
  stackName: z.string(),
  registered: z.boolean(),
  releasedTo: z.string().nullable(),
});

export type ApiName = z.infer<typeof ApiName>;

export const ApplicationThrottlePolicy = z.object({
  policyId: z.string(),
  policyName: z.string(),
  displayName: z.string(),
  description: z.string(),
  isDeployed: z.boolean(),
  defaultLimit: z.object({
    type: z.string(),
    requestCount: z.object({
      timeUnit: z.string(),
      unitTime: z.int(),
      requestCount: z.int(),
    }),
  }),
  rateLimitCount: z.int().optional(),
  rateLimitTimeUnit: z.string().optional(),
  stopOnQuotaReach: z.boolean(),
  onCounterFailure: z.string(),
  useCount: z.int(),
  type: z.string(),
  burstLimit: z
    .object({
      rateLimitCount: z.int().optional(),
      rateLimitTimeUnit: z.string().optional(),
    })
    .optional(),
});

export type ApplicationThrottlePolicy = z.infer<typeof ApplicationThrottlePolicy>;

export const AuditEntry = z.object({
  auditId: z.string(),
  at: z.string(),
  actor: z.string(),
  actorName: z.string(),
  sourceIp: z.string(),
  requestId: z.string(),
  action: z.string(),
  resourceId: z.string(),
  owner: z.string(),
  before: z.record(z.string(), z.unknown()).optional(),
  after: z.record(z.string(), z.unknown()).optional(),
});

export type AuditEntry = z.infer<typeof AuditEntry>;

export const LookedUpApiKey = z.object({
  key: AnyApiKey,
  value: z.object({
    state: z.string(),
    issuedOn: z.int(),
    endsOn: z.int().nullable(),
  }),
});

export type LookedUpApiKey = z.infer<typeof LookedUpApiKey>;

export const BulkRevokedKey = z.object({
  keyUUID: z.string(),
  keyName: z.string(),
  apiName: z.string().nullable(),
  apiUUID: z.string().nullable(),
  applicationId: z.string().nullable(),
  applicationName: z.string().nullable(),
  keyType: z.string(),
  status: z.string(),
  suspendedBy: z.string().optional(),
  reason: z.string().optional(),
  user: z.string(),
  owner: z.string(),
  createdOn: z.int(),
  issuedOn: z.int(),
  expiresOn: z.int().nullable(),
  validityPeriod: z.int(),
  lastUsed: z.int().nullable(),
  outcome: z.string(),
  failure: z
    .object({
      code: z.string(),
      message: z.string(),
    })
    .optional(),
});

export type BulkRevokedKey = z.infer<typeof BulkRevokedKey>;

export const BulkRevocation = z.object({
  count: z.int(),
  list: z.array(BulkRevokedKey),
  revoked: z.int(),
  alreadyEnded: z.int(),
  failed: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      keyUUID: z.string(),
    }),
  ),
  progress: z.object({
    seen: z.int(),
    found: z.int(),
    revoked: z.int(),
    alreadyEnded: z.int(),
    failed: z.int(),
  }),
  nextToken: z.string().optional(),
});

export type BulkRevocation = z.infer<typeof BulkRevocation>;
