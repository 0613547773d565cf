import { z } from 'zod';
import { POLICY_LEVELS } from '../core/throttling-policy.ts';
import type { Management } from '../management/management.ts';
import { getPolicyByName } from '../management/policies.ts';
import { policyPage, PolicySchema, policyView } from '../management/policy-views.ts';
import { definePublicRoute } from '../platform/http/public-route.ts';
import { noQuery, type Route } from '../platform/http/route.ts';
import { label, listOf, wholeList } from '../platform/http/schemas.ts';
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
      handle: async ({ params, query }) => ({
        status: 200,
        body: await policyPage(management, PORTAL_BASE, params.level, query),
      }),
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
