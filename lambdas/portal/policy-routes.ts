import { z } from 'zod';
import { POLICY_LEVELS } from '../core/throttling-policy.ts';
import type { Management } from '../management/management.ts';
import { getPolicyByName, listPolicies } from '../management/policies.ts';
import { PolicySchema, policyView } from '../management/policy-views.ts';
import { definePublicRoute } from '../platform/http/public-route.ts';
import { noQuery, type Route } from '../platform/http/route.ts';
import { label, listOf, listPage, wholeList } from '../platform/http/schemas.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/throttling-policies/{level}`;
const level = z.enum(POLICY_LEVELS);
const common = {
  tag: 'Throttling policies',
  roles: PORTAL_ROLES,
  status: 200,
} as const;

/** The policies that developers choose from. */
export function policyRoutes(management: Management): readonly Route[] {
  return [
    definePublicRoute({
      ...common,
      path,
      operationId: 'listThrottlingPolicies',
      summary: 'List the policies for subscriptions or applications',
      params: z.strictObject({ level }),
      query: z.strictObject(wholeList),
      response: listOf(PolicySchema),
      handle: async ({ params, query }) => {
        const policies = await listPolicies(management, params.level);
        const self = path.replace('{level}', params.level);
        return { status: 200, body: listPage(self, policies, query, policyView) };
      },
    }),
    definePublicRoute({
      ...common,
      path: `${path}/{policyName}`,
      operationId: 'getThrottlingPolicy',
      summary: 'Get a policy by its name',
      params: z.strictObject({ level, policyName: label(100) }),
      query: noQuery,
      response: PolicySchema,
      handle: async ({ params }) => ({
        status: 200,
        body: policyView(await getPolicyByName(management, params.level, params.policyName)),
      }),
    }),
  ];
}
