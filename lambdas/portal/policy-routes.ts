import { z } from 'zod';
import { POLICY_LEVELS } from '../core/throttling-policy.ts';
import { listPolicies } from '../management/policies.ts';
import type { Management } from '../management/management.ts';
import type { PolicyItem } from '../platform/dynamodb/items.ts';
import { defineRoute, noBody, type Route } from '../platform/http/route.ts';
import { listOf, listPage, paging } from '../platform/http/schemas.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/throttling-policies/{level}`;

const PolicySchema = z
  .strictObject({
    name: z.string(),
    displayName: z.string(),
    description: z.string(),
    policyLevel: z.enum(POLICY_LEVELS),
    requestCount: z.int().nullable().describe('null: no limit'),
    unitTime: z.int().nullable(),
    timeUnit: z.string().nullable(),
    rateLimitCount: z.int().nullable(),
    rateLimitTimeUnit: z.string().nullable(),
    quotaPolicyType: z.literal('requestCount'),
    tierPlan: z.literal('FREE'),
    stopOnQuotaReach: z.boolean(),
  })
  .meta({ id: 'ThrottlingPolicy' });

/** The policies that developers choose from. */
export function policyRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      tag: 'Throttling policies',
      summary: 'List the policies for subscriptions or applications',
      roles: PORTAL_ROLES,
      method: 'GET',
      status: 200,
      path,
      operationId: 'listThrottlingPolicies',
      params: z.strictObject({ level: z.enum(POLICY_LEVELS) }),
      query: z.strictObject(paging),
      body: noBody,
      response: listOf(PolicySchema),
      handle: async ({ params: { level }, query }) => {
        const policies = await listPolicies(management, level);
        return { status: 200, body: listPage(path.replace('{level}', level), policies, query, policyView) };
      },
    }),
  ];
}

function policyView({ name, displayName, description, level, limit, burst, stopOnQuotaReach }: PolicyItem) {
  return {
    name,
    displayName,
    description,
    policyLevel: level,
    requestCount: limit?.requestCount ?? null,
    unitTime: limit?.unitTime ?? null,
    timeUnit: limit?.timeUnit ?? null,
    rateLimitCount: burst?.requestCount ?? null,
    rateLimitTimeUnit: burst?.timeUnit ?? null,
    quotaPolicyType: 'requestCount',
    tierPlan: 'FREE',
    stopOnQuotaReach,
  };
}
