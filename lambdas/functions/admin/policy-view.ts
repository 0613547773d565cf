import { z } from 'zod';
import { requestCountOf, TIME_UNIT_NAMES } from '../../core/limits/limit-notation.ts';
import {
  BURST_TIME_UNITS,
  COUNTER_FAILURE_CHOICES,
  type PolicyLevel,
} from '../../core/limits/throttling-policy.ts';
import type { PolicyItem } from '../../platform/dynamodb/items.ts';
import { Id } from '../../platform/http/schemas.ts';

const burstFields = {
  rateLimitCount: z.int().exactOptional(),
  rateLimitTimeUnit: z.enum(BURST_TIME_UNITS).exactOptional(),
};

const fields = {
  policyId: Id,
  policyName: z.string(),
  displayName: z.string(),
  description: z.string(),
  isDeployed: z.literal(true),
  defaultLimit: z.strictObject({
    type: z.literal('REQUESTCOUNTLIMIT'),
    requestCount: z.strictObject({
      timeUnit: z.string().describe(`One of ${Object.keys(TIME_UNIT_NAMES).join(', ')}.`),
      unitTime: z.int(),
      requestCount: z.int().describe('2147483647: no limit.'),
    }),
  }),
  ...burstFields,
  stopOnQuotaReach: z.boolean(),
  onCounterFailure: z.enum(COUNTER_FAILURE_CHOICES),
  useCount: z.int().describe('Number of subscriptions or applications with this policy.'),
};

/** A policy of each level as WSO2 shows it. */
export const POLICY_SCHEMAS = {
  subscription: z
    .strictObject({
      ...fields,
      type: z.literal('SubscriptionThrottlePolicy'),
      billingPlan: z.literal('FREE'),
      customAttributes: z.array(z.unknown()).max(0),
      subscriberCount: z.literal(0),
      graphQLMaxComplexity: z.literal(0),
      graphQLMaxDepth: z.literal(0),
    })
    .meta({ id: 'SubscriptionThrottlePolicy' }),
  application: z
    .strictObject({
      ...fields,
      type: z.literal('ApplicationThrottlePolicy'),
      burstLimit: z.strictObject(burstFields).exactOptional(),
    })
    .meta({ id: 'ApplicationThrottlePolicy' }),
} as const satisfies Record<PolicyLevel, z.ZodType>;

export function policyView(policy: PolicyItem) {
  const { policyId, name, displayName, description, level, burst, stopOnQuotaReach, useCount } = policy;
  const burstLimit =
    burst === undefined
      ? undefined
      : { rateLimitCount: burst.requestCount, rateLimitTimeUnit: burst.timeUnit };
  return {
    policyId,
    policyName: name,
    displayName,
    description,
    isDeployed: true,
    defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount: requestCountOf(policy) },
    ...burstLimit,
    stopOnQuotaReach,
    onCounterFailure: policy.onCounterFailure ?? 'REFUSE',
    useCount,
    ...(level === 'subscription'
      ? {
          type: 'SubscriptionThrottlePolicy',
          billingPlan: 'FREE',
          customAttributes: [],
          subscriberCount: 0,
          graphQLMaxComplexity: 0,
          graphQLMaxDepth: 0,
        }
      : {
          type: 'ApplicationThrottlePolicy',
          ...(burstLimit !== undefined && { burstLimit }),
        }),
  };
}
