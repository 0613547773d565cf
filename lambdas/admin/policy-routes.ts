import { z } from 'zod';
import {
  BURST_TIME_UNITS,
  COUNTER_FAILURE_CHOICES,
  POLICY_LEVELS,
  TIME_UNITS,
  type PolicyLevel,
  type ThrottlingPolicy,
} from '../core/throttling-policy.ts';
import { idempotently } from '../management/idempotently.ts';
import type { Management } from '../management/management.ts';
import { createPolicy, deletePolicy, getPolicy, listPolicies, updatePolicy } from '../management/policies.ts';
import type { PolicyItem } from '../platform/dynamodb/items.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../platform/http/route.ts';
import { Id, listOf, listPage, note, paging, withoutKey } from '../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES } from './admin-route.ts';

const MAX_REQUESTS = 1_000_000_000;
const count = z.int().min(1).max(MAX_REQUESTS);

/** A policy as WSO2 writes it. Without `defaultLimit` there is no limit. */
const fields = {
  policyName: withoutKey(
    z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/,
        'must have 1 to 60 letters, digits, dots, dashes or underscores',
      ),
  ),
  displayName: note(100).exactOptional(),
  description: note(512).default(''),
  defaultLimit: z
    .strictObject({
      type: z.literal('REQUESTCOUNTLIMIT'),
      requestCount: z.strictObject({
        timeUnit: z.enum(TIME_UNITS),
        unitTime: z.int().min(1).max(1000),
        requestCount: count,
      }),
    })
    .exactOptional(),
  rateLimitCount: count.exactOptional(),
  rateLimitTimeUnit: z.enum(BURST_TIME_UNITS).exactOptional(),
  stopOnQuotaReach: z.boolean().default(true),
  onCounterFailure: z
    .enum(COUNTER_FAILURE_CHOICES)
    .default('REFUSE')
    .describe('What becomes of a call when the counter of the limit does not answer.'),
};
const PolicyBody = z
  .strictObject(fields)
  .refine(
    ({ rateLimitCount, rateLimitTimeUnit }) =>
      (rateLimitCount === undefined) === (rateLimitTimeUnit === undefined),
    {
      error: 'rateLimitCount and rateLimitTimeUnit go together',
    },
  );
const PolicySchema = z
  .strictObject({
    policyId: Id,
    ...fields,
    displayName: z.string(),
    useCount: z.int().describe('Who has it.'),
  })
  .meta({ id: 'AdminThrottlingPolicy' });

/** The throttling policies of both levels. */
export function policyRoutes(management: Management): readonly Route[] {
  return POLICY_LEVELS.flatMap((level) => policyRoutesOf(management, level));
}

function policyRoutesOf(management: Management, level: PolicyLevel): readonly Route[] {
  const path = `${ADMIN_BASE}/throttling/policies/${level}`;
  const one = { path: `${path}/{policyId}`, params: z.strictObject({ policyId: Id }) };
  const common = { tag: 'Throttling policies', roles: ADMIN_ROLES, query: noQuery } as const;
  const name = level === 'subscription' ? 'SubscriptionPolicy' : 'ApplicationPolicy';
  return [
    defineRoute({
      ...common,
      summary: `List the ${level} policies`,
      method: 'GET',
      path,
      operationId: `list${name}s`,
      params: noParams,
      query: z.strictObject(paging),
      body: noBody,
      status: 200,
      response: listOf(PolicySchema),
      handle: async ({ query }) => ({
        status: 200,
        body: listPage(path, await listPolicies(management, level), query, policyView),
      }),
    }),
    defineRoute({
      ...common,
      summary: `Create a ${level} policy`,
      method: 'POST',
      path,
      operationId: `create${name}`,
      supports: ['etag', 'idempotency-key'],
      params: noParams,
      body: PolicyBody,
      status: 201,
      response: PolicySchema,
      handle: (request) =>
        idempotently(
          management,
          request,
          (alsoWrite) => createPolicy(management, request.caller, policyOf(level, request.body), alsoWrite),
          (policy: PolicyItem) => ({ status: 201, body: policyView(policy), version: policy.version }),
        ),
    }),
    defineRoute({
      ...common,
      ...one,
      summary: `Get a ${level} policy`,
      method: 'GET',
      operationId: `get${name}`,
      supports: ['etag'],
      body: noBody,
      status: 200,
      response: PolicySchema,
      handle: async ({ params: { policyId } }) => {
        const policy = await getPolicy(management, level, policyId);
        return { status: 200, body: policyView(policy), version: policy.version };
      },
    }),
    defineRoute({
      ...common,
      ...one,
      summary: `Change a ${level} policy`,
      method: 'PUT',
      operationId: `update${name}`,
      supports: ['etag', 'if-match'],
      body: PolicyBody,
      status: 200,
      response: PolicySchema,
      handle: async ({ caller, params: { policyId }, body, ifMatch }) => {
        const policy = await updatePolicy(management, caller, policyId, policyOf(level, body), ifMatch);
        return { status: 200, body: policyView(policy), version: policy.version };
      },
    }),
    defineRoute({
      ...common,
      ...one,
      summary: `Delete a ${level} policy that nobody has`,
      method: 'DELETE',
      operationId: `delete${name}`,
      supports: ['if-match'],
      body: noBody,
      status: 200,
      response: noResponseBody,
      handle: async ({ caller, params: { policyId }, ifMatch }) => {
        await deletePolicy(management, caller, level, policyId, ifMatch);
        return { status: 200 };
      },
    }),
  ];
}

function policyOf(level: PolicyLevel, body: z.infer<typeof PolicyBody>): ThrottlingPolicy {
  const { policyName: name, displayName = name, description, defaultLimit, stopOnQuotaReach } = body;
  const { rateLimitCount, rateLimitTimeUnit, onCounterFailure } = body;
  return {
    level,
    name,
    displayName,
    description,
    stopOnQuotaReach,
    onCounterFailure,
    ...(defaultLimit !== undefined && { limit: defaultLimit.requestCount }),
    ...(rateLimitCount !== undefined &&
      rateLimitTimeUnit !== undefined && {
        burst: { requestCount: rateLimitCount, timeUnit: rateLimitTimeUnit },
      }),
  };
}

function policyView({
  policyId,
  name,
  displayName,
  description,
  limit,
  burst,
  stopOnQuotaReach,
  onCounterFailure = 'REFUSE',
  useCount,
}: PolicyItem) {
  return {
    policyId,
    policyName: name,
    displayName,
    description,
    stopOnQuotaReach,
    onCounterFailure,
    useCount,
    ...(limit !== undefined && { defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount: limit } }),
    ...(burst !== undefined && { rateLimitCount: burst.requestCount, rateLimitTimeUnit: burst.timeUnit }),
  };
}
