import { z } from 'zod';
import { requestCountOf } from '../../core/limits/limit-notation.ts';
import { BURST_TIME_UNITS, POLICY_LEVELS, type PolicyLevel } from '../../core/limits/throttling-policy.ts';
import type { PolicyItem } from '../../platform/dynamodb/items.ts';
import { noQuery } from '../../platform/http/route.ts';
import { label, listOf, listPage, wholeList, type Paging } from '../../platform/http/schemas.ts';
import type { TableAccess } from '../frame/management.ts';
import { look } from '../frame/snapshot.ts';
import { getPolicyByName, listPolicies } from './policies.ts';

/** A policy as developers and publishers see it. */
export const PolicySchema = z
  .strictObject({
    name: z.string(),
    displayName: z.string(),
    description: z.string(),
    policyLevel: z.enum(POLICY_LEVELS),
    requestCount: z.int().describe('2147483647: no limit.'),
    unitTime: z.int(),
    timeUnit: z.string(),
    rateLimitCount: z.int().describe('0: no burst control.'),
    rateLimitTimeUnit: z.enum(BURST_TIME_UNITS).exactOptional(),
    quotaPolicyType: z.literal('REQUESTCOUNT'),
    tierPlan: z.literal('FREE'),
    stopOnQuotaReach: z.boolean(),
  })
  .meta({ id: 'ThrottlingPolicy' });

const level = z.enum(POLICY_LEVELS);

/** How an API shows policies, below its `base`: those of a level, and one by its name. */
export function policyReads(access: TableAccess, base: string) {
  const path = `${base}/throttling-policies/{level}`;
  return {
    list: {
      path,
      summary: 'List the policies for subscriptions or applications',
      params: z.strictObject({ level }),
      query: z.strictObject(wholeList),
      response: listOf(PolicySchema),
      handle: async ({ params, query }: { readonly params: OfLevel; readonly query: Paging }) => {
        const policies = await listPolicies(look(access), params.level);
        const at = `${base}/throttling-policies/${params.level}`;
        return { status: 200, body: listPage(at, policies, query, policyView) } as const;
      },
    },
    one: {
      path: `${path}/{policyName}`,
      summary: 'Get a policy by name',
      params: z.strictObject({ level, policyName: label(100) }),
      query: noQuery,
      response: PolicySchema,
      handle: async ({ params }: { readonly params: OfLevel & { readonly policyName: string } }) => {
        const policy = await getPolicyByName(look(access), params.level, params.policyName);
        return { status: 200, body: policyView(policy) } as const;
      },
    },
  };
}

interface OfLevel {
  readonly level: PolicyLevel;
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
