import { z } from 'zod';

/** What of the server's answers the tables show. Everything but ids and names may be missing. */
const moment = z.union([z.string(), z.number(), z.null()]).optional();
const text = z.string().nullish();

export const ApiAnswer = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string().optional(),
  context: text,
  description: text,
  provider: text,
  lifeCycleStatus: text,
  throttlingPolicies: z.array(z.string()).optional(),
  subscriptionRequired: z.boolean().optional(),
  apiKeyHeader: text,
  apiKeyQueryParameter: text,
  endpointURLs: z
    .array(z.object({ environmentType: z.string(), URLs: z.object({ http: text, https: text }) }))
    .optional(),
});
export type ApiAnswer = z.infer<typeof ApiAnswer>;

export const ApplicationAnswer = z.object({
  applicationId: z.string(),
  name: z.string(),
  throttlingPolicy: text,
  description: text,
  tokenType: text,
  status: text,
  owner: text,
  subscriptionCount: z.number().optional(),
  attributes: z.record(z.string(), z.string()).optional(),
  createdTime: moment,
  updatedTime: moment,
});
export type ApplicationAnswer = z.infer<typeof ApplicationAnswer>;

export const SubscriptionAnswer = z.object({
  subscriptionId: z.string(),
  applicationId: z.string(),
  apiId: z.string(),
  throttlingPolicy: text,
  /** The plan that waits for approval. */
  requestedThrottlingPolicy: text,
  status: text,
  apiInfo: z.object({ name: z.string(), version: text }).nullish(),
  applicationInfo: z.object({ name: z.string(), owner: text }).nullish(),
});
export const DecisionAnswer = z.object({
  owner: z.string(),
  user: text,
  status: text,
  decidedBy: text,
  decidedTime: moment,
});
export type DecisionAnswer = z.infer<typeof DecisionAnswer>;

export type SubscriptionAnswer = z.infer<typeof SubscriptionAnswer>;

export const KeyAnswer = z.object({
  keyUUID: z.string(),
  keyName: text,
  keyType: text,
  status: text,
  /** Both null: all APIs that its application subscribes to. */
  apiName: text,
  apiUUID: text,
  associatedApp: text,
  applicationId: text,
  applicationName: text,
  user: text,
  owner: text,
  suspendedBy: text,
  reason: text,
  issuedOn: moment,
  expiresOn: moment,
  validityPeriod: z.number().optional(),
  lastUsed: moment,
  values: z
    .array(z.object({ issuedOn: moment, expiresOn: moment, lastUsed: moment, current: z.boolean() }))
    .optional(),
  warnings: z.array(z.unknown()).optional(),
  description: text,
  metadata: z.record(z.string(), z.unknown()).nullish(),
  additionalProperties: z.object({ permittedIP: text, permittedReferer: text }).nullish(),
});
export type KeyAnswer = z.infer<typeof KeyAnswer>;

/** The key that a value belongs to, and what became of the value. */
export const LookedUpAnswer = z.object({
  key: KeyAnswer,
  value: z.object({ state: z.string(), issuedOn: moment, endsOn: moment }),
});
export type LookedUpAnswer = z.infer<typeof LookedUpAnswer>;

/** Generate, regenerate: the only answers with a key's value. */
export const IssuedKeyAnswer = z.object({
  apikey: z.string(),
  keyUUID: text,
  keyName: text,
  issuedOn: moment,
  validityPeriod: z.number().optional(),
  graceEndsOn: moment,
  warnings: z.array(z.unknown()).optional(),
});
export type IssuedKeyAnswer = z.infer<typeof IssuedKeyAnswer>;

/** Why a call was, or would be, refused. */
const reasonFields = {
  reason: z.string(),
  status: z.number(),
  code: z.string(),
  message: z.string(),
  description: text,
  whatToChange: text,
};

export const RefusalAnswer = z.object({
  ...reasonFields,
  requestId: z.string(),
  time: moment,
  seen: z.object({
    apiId: z.string(),
    apiName: text,
    environment: text,
    sourceIp: text,
    referrer: text,
  }),
  key: z.object({ keyUUID: z.string(), keyName: text }).nullish(),
  policy: text,
  nextAccessTime: moment,
  rule: text,
  ruleNote: text,
});
export type RefusalAnswer = z.infer<typeof RefusalAnswer>;

export const DryRunAnswer = z.object({
  allowed: z.boolean(),
  refusal: z.object(reasonFields).nullish(),
  steps: z.array(
    z.object({
      check: z.string(),
      outcome: z.string(),
      reason: text,
      decides: z.boolean().optional(),
      saw: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  warnings: z.array(z.string()).optional(),
});
export type DryRunAnswer = z.infer<typeof DryRunAnswer>;

export const UsageAnswer = z.object({
  from: moment,
  to: moment,
  totals: z.object({
    calls: z.number(),
    statusClasses: z.record(z.string(), z.number()).optional(),
    refusals: z.number().optional(),
  }),
  list: z.array(z.object({ start: moment, environment: text, statusClass: text, calls: z.number() })),
  refusals: z.array(z.object({ reason: z.string(), code: text, refusals: z.number() })).optional(),
  addresses: z.array(z.object({ address: z.string(), calls: z.number() })).optional(),
  lastUsed: moment,
});
export type UsageAnswer = z.infer<typeof UsageAnswer>;
