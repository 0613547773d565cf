// Written by `npm run rest-answers` from the OpenAPI documents.

import * as z from 'zod';

export const Api = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  context: z.string(),
  version: z.string(),
  type: z.string(),
  provider: z.string(),
  lifeCycleStatus: z.string(),
  throttlingPolicies: z.array(z.string()),
  isSubscriptionAvailable: z.boolean(),
  hasThumbnail: z.boolean(),
  advertiseInfo: z.object({
    advertised: z.boolean(),
  }),
  businessInformation: z.record(z.string(), z.unknown()),
  createdTime: z.string(),
  tags: z.array(z.string()),
  tiers: z.array(
    z.object({
      tierName: z.string(),
      tierPlan: z.string(),
    }),
  ),
  operations: z
    .array(
      z.object({
        id: z.string().optional(),
        target: z.string(),
        verb: z.string(),
      }),
    )
    .optional(),
  monetization: z.object({
    enabled: z.boolean(),
  }),
  isDefaultVersion: z.boolean(),
  lastUpdatedTime: z.string(),
  transport: z.array(z.unknown()),
  securityScheme: z.array(z.unknown()),
  subscriptionRequired: z.boolean(),
  freshness: z.object({
    mode: z.string(),
    seconds: z.int().optional(),
    ttlSeconds: z.int().optional(),
  }),
  apiKeyHeader: z.string().optional(),
  apiKeyQueryParameter: z.string().optional(),
  endpointURLs: z.array(
    z.object({
      environmentName: z.string(),
      environmentDisplayName: z.string(),
      environmentType: z.string(),
      URLs: z.object({
        http: z.string().optional(),
        https: z.string().optional(),
      }),
    }),
  ),
});

export type Api = z.infer<typeof Api>;

export const ApiKeyValue = z.object({
  issuedOn: z.int(),
  expiresOn: z.int().nullable(),
  lastUsed: z.int().nullable(),
  current: z.boolean(),
});

export type ApiKeyValue = z.infer<typeof ApiKeyValue>;

export const ApiKey = z.object({
  keyUUID: z.string(),
  keyName: z.string(),
  keyType: z.string(),
  status: z.string(),
  apiUUID: z.string().nullable(),
  apiName: z.string().nullable(),
  associatedApp: z.string().nullable(),
  applicationId: z.string().nullable(),
  createdOn: z.int(),
  issuedOn: z.int(),
  expiresOn: z.int().nullable(),
  validityPeriod: z.int(),
  lastUsed: z.int().nullable(),
  description: z.string(),
  metadata: z.record(z.string(), z.string()),
  additionalProperties: z.object({
    permittedIP: z.string(),
    permittedReferer: z.string(),
  }),
  values: z.array(ApiKeyValue),
  warnings: z.array(z.string()).optional(),
});

export type ApiKey = z.infer<typeof ApiKey>;

export const Application = z.object({
  applicationId: z.string(),
  name: z.string(),
  throttlingPolicy: z.string(),
  description: z.string(),
  tokenType: z.string(),
  status: z.string(),
  subscriptionCount: z.int(),
  owner: z.string(),
  attributes: z.record(z.string(), z.string()),
  groups: z.array(z.string()),
  visibility: z.string(),
  createdTime: z.string(),
  updatedTime: z.string(),
});

export type Application = z.infer<typeof Application>;

export const TraceStep = z.object({
  check: z.string(),
  outcome: z.string(),
  reason: z.string().nullable(),
  decides: z.boolean(),
  saw: z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())]).nullable()),
});

export type TraceStep = z.infer<typeof TraceStep>;

export const DryRun = z.object({
  allowed: z.boolean(),
  refusal: z
    .object({
      reason: z.string(),
      code: z.string(),
      status: z.int(),
      message: z.string(),
      description: z.string(),
      whatToChange: z.string(),
    })
    .nullable(),
  call: z.object({
    apiId: z.string(),
    apiName: z.string().nullable(),
    environment: z.string(),
    sourceIp: z.string().nullable(),
    referrer: z.string().nullable(),
    time: z.string(),
    value: z.string(),
  }),
  steps: z.array(TraceStep),
  warnings: z.array(z.string()),
});

export type DryRun = z.infer<typeof DryRun>;

export const Error_ = z.object({
  code: z.int(),
  message: z.string(),
  description: z.string(),
  moreInfo: z.string(),
  error: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
    }),
  ),
});

export type Error = z.infer<typeof Error_>;

export const IssuedApiKey = z.object({
  keyUUID: z.string(),
  keyName: z.string(),
  keyType: z.string(),
  apikey: z.string(),
  validityPeriod: z.int(),
  issuedOn: z.int(),
  graceEndsOn: z.int().optional(),
  warnings: z.array(z.string()).optional(),
});

export type IssuedApiKey = z.infer<typeof IssuedApiKey>;

export const CallTotals = z.object({
  calls: z.int(),
  statusClasses: z.object({
    '2xx': z.int(),
    '3xx': z.int(),
    '4xx': z.int(),
    '5xx': z.int(),
  }),
  refusals: z.int(),
});

export type CallTotals = z.infer<typeof CallTotals>;

export const KeyUsage = z.object({
  from: z.string(),
  to: z.string(),
  granularity: z.string(),
  totals: CallTotals,
  list: z.array(
    z.object({
      start: z.string(),
      environment: z.string(),
      statusClass: z.string(),
      calls: z.int(),
    }),
  ),
  refusals: z.array(
    z.object({
      reason: z.string(),
      code: z.string(),
      refusals: z.int(),
    }),
  ),
  addresses: z.array(
    z.object({
      address: z.string(),
      calls: z.int(),
    }),
  ),
  addressesTruncated: z.boolean(),
  lastUsed: z.int().nullable(),
});

export type KeyUsage = z.infer<typeof KeyUsage>;

export const Pagination = z.object({
  offset: z.int(),
  limit: z.int(),
  total: z.int().optional(),
  next: z.string(),
  previous: z.string(),
});

export type Pagination = z.infer<typeof Pagination>;

export const Refusal = z.object({
  requestId: z.string(),
  time: z.string(),
  reason: z.string(),
  code: z.string(),
  status: z.int(),
  message: z.string(),
  description: z.string(),
  whatToChange: z.string(),
  seen: z.object({
    apiId: z.string(),
    apiName: z.string().nullable(),
    apiVersion: z.string().nullable(),
    environment: z.string(),
    sourceIp: z.string().nullable(),
    referrer: z.string().nullable(),
  }),
  key: z
    .object({
      keyUUID: z.string(),
      keyName: z.string(),
      keyType: z.string(),
      status: z.string(),
    })
    .nullable(),
  applicationId: z.string().nullable(),
  subscriptionId: z.string().nullable(),
  policy: z.string().nullable(),
  nextAccessTime: z.string().nullable(),
  rule: z.string().nullable(),
  ruleNote: z.string().nullable(),
});

export type Refusal = z.infer<typeof Refusal>;

export const Subscription = z.object({
  subscriptionId: z.string(),
  applicationId: z.string(),
  apiId: z.string(),
  apiInfo: z.object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    context: z.string(),
    version: z.string(),
    provider: z.string(),
    lifeCycleStatus: z.string(),
  }),
  applicationInfo: z.object({
    applicationId: z.string(),
    name: z.string(),
    throttlingPolicy: z.string(),
    description: z.string(),
    status: z.string(),
    subscriptionCount: z.int(),
    owner: z.string(),
  }),
  throttlingPolicy: z.string(),
  requestedThrottlingPolicy: z.string().optional(),
  status: z.string(),
  createdTime: z.string(),
});

export type Subscription = z.infer<typeof Subscription>;

export const ThrottlingPolicy = z.object({
  name: z.string(),
  displayName: z.string(),
  description: z.string(),
  policyLevel: z.string(),
  requestCount: z.int(),
  unitTime: z.int(),
  timeUnit: z.string(),
  rateLimitCount: z.int(),
  rateLimitTimeUnit: z.string().optional(),
  quotaPolicyType: z.string(),
  tierPlan: z.string(),
  stopOnQuotaReach: z.boolean(),
});

export type ThrottlingPolicy = z.infer<typeof ThrottlingPolicy>;
