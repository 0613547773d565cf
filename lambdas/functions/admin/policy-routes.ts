import { z } from 'zod';
import { POLICY_LEVELS, type PolicyLevel } from '../../core/limits/throttling-policy.ts';
import { carryOut } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import {
  createPolicy,
  deletePolicy,
  getPolicy,
  listPolicies,
  updatePolicy,
} from '../../management/policies/policies.ts';
import type { PolicyItem } from '../../platform/dynamodb/items.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../../platform/http/route.ts';
import { Id, listOf, listPage, wholeList } from '../../platform/http/schemas.ts';
import { refuseChanges } from '../../platform/http/tolerance.ts';
import { ADMIN_BASE, ADMIN_ROLES } from './admin-route.ts';
import { POLICY_BODIES, policyOf, type PolicyBody } from './policy-body.ts';
import { POLICY_SCHEMAS, policyView } from './policy-view.ts';

/** Fields that no update of a policy can change. `type` names its level, also for a new policy. */
const FIXED_FIELDS = ['policyId', 'type'] as const;
const TYPES = {
  subscription: 'SubscriptionThrottlePolicy',
  application: 'ApplicationThrottlePolicy',
} as const satisfies Record<PolicyLevel, string>;

/** The throttling policies of both levels. */
export function policyRoutes(management: Management): readonly Route[] {
  return POLICY_LEVELS.flatMap((level) => policyRoutesOf(management, level));
}

function policyRoutesOf(management: Management, level: PolicyLevel): readonly Route[] {
  const path = `${ADMIN_BASE}/throttling/policies/${level}`;
  const one = { path: `${path}/{policyId}`, params: z.strictObject({ policyId: Id }) };
  const common = { tag: 'Throttling policies', roles: ADMIN_ROLES, query: noQuery } as const;
  const name = level === 'subscription' ? 'SubscriptionPolicy' : 'ApplicationPolicy';
  const body: z.ZodType<PolicyBody> = POLICY_BODIES[level];
  const response = POLICY_SCHEMAS[level];
  return [
    defineRoute({
      ...common,
      summary: `List the policies for ${level}s`,
      method: 'GET',
      path,
      operationId: `list${name}s`,
      params: noParams,
      query: z.strictObject(wholeList),
      body: noBody,
      status: 200,
      response: listOf(response),
      handle: async ({ query }) => ({
        status: 200,
        body: listPage(path, await listPolicies(look(management), level), query, policyView),
      }),
    }),
    defineRoute({
      ...common,
      summary: `Create a policy for ${level}s`,
      method: 'POST',
      path,
      operationId: `create${name}`,
      supports: ['etag', 'idempotency-key'],
      params: noParams,
      body,
      status: 201,
      response,
      handle: (request) => {
        refuseChanges(request.body, { type: TYPES[level] }, ['type']);
        const plan = createPolicy(policyOf(level, request.body));
        return carryOut(management, request, plan, (policy) => ({
          status: 201,
          location: `${path}/${policy.policyId}`,
          ...answer(policy),
        }));
      },
    }),
    defineRoute({
      ...common,
      ...one,
      summary: `Get a policy for ${level}s`,
      method: 'GET',
      operationId: `get${name}`,
      supports: ['etag'],
      body: noBody,
      status: 200,
      response,
      handle: async ({ params: { policyId } }) => {
        const policy = await getPolicy(look(management), level, policyId);
        return { status: 200, ...answer(policy) };
      },
    }),
    defineRoute({
      ...common,
      ...one,
      summary: `Change a policy for ${level}s`,
      method: 'PUT',
      operationId: `update${name}`,
      supports: ['etag', 'if-match'],
      body,
      status: 200,
      response,
      handle: async (request) => {
        const { policyId } = request.params;
        refuseChanges(request.body, { policyId, type: TYPES[level] }, FIXED_FIELDS);
        const plan = updatePolicy(policyId, policyOf(level, request.body));
        return carryOut(management, request, plan, (policy) => ({ status: 200, ...answer(policy) }));
      },
    }),
    defineRoute({
      ...common,
      ...one,
      summary: `Delete a policy for ${level}s; refused while it is in use`,
      method: 'DELETE',
      operationId: `delete${name}`,
      supports: ['if-match'],
      body: noBody,
      status: 200,
      response: noResponseBody,
      handle: (request) =>
        carryOut(management, request, deletePolicy(level, request.params.policyId), () => ({ status: 200 })),
    }),
  ];
}

function answer(policy: PolicyItem) {
  return { body: policyView(policy), version: policy.version };
}
