import { z } from 'zod';
import { requestCountOf } from '../core/limit-notation.ts';
import { BURST_TIME_UNITS, POLICY_LEVELS, type PolicyLevel } from '../core/throttling-policy.ts';
import type { PolicyItem } from '../platform/dynamodb/items.ts';
import { listPage, type Paging } from '../platform/http/schemas.ts';
import type { Management } from './management.ts';
import { listPolicies } from './policies.ts';

/** A policy as developers and publishers see it. */
export const PolicySchema = z
  .strictObject({
    name: z.string(),
    displayName: z.string(),
    description: z.string(),
    policyLevel: z.enum(POLICY_LEVELS),
    requestCount: z.int().describe('2147483647: there is no limit.'),
    unitTime: z.int(),
    timeUnit: z.string(),
    rateLimitCount: z.int().describe('0: there is no burst control.'),
    rateLimitTimeUnit: z.enum(BURST_TIME_UNITS).exactOptional(),
    quotaPolicyType: z.literal('REQUESTCOUNT'),
    tierPlan: z.literal('FREE'),
    stopOnQuotaReach: z.boolean(),
  })
  .meta({ id: 'ThrottlingPolicy' });

/** A page of the policies of a level, at the path of that API. */
export async function policyPage(management: Management, base: string, level: PolicyLevel, page: Paging) {
  const policies = await listPolicies(management, level);
  return listPage(`${base}/throttling-policies/${level}`, policies, page, policyView);
}

export function policyView(policy: PolicyItem) {
  const { name, displayName, description, level, burst, stopOnQuotaReach } = policy;
  return {
    name,
    displayName,
    description,
    policyLevel: level,
    ...requestCountOf(policy),
    rateLimitCount: burst?.requestCount ?? 0,
    ...(burst !== undefined && { rateLimitTimeUnit: burst.timeUnit }),
    quotaPolicyType: 'REQUESTCOUNT',
    tierPlan: 'FREE',
    stopOnQuotaReach,
  };
}
