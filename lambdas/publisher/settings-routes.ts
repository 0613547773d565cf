import { z } from 'zod';
import { POLICY_LEVELS } from '../core/throttling-policy.ts';
import type { Management } from '../management/management.ts';
import { getPolicyByName } from '../management/policies.ts';
import { policyPage, PolicySchema, policyView } from '../management/policy-views.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../platform/http/route.ts';
import { label, listOf, wholeList } from '../platform/http/schemas.ts';
import { PUBLISHER_BASE, PUBLISHER_ROLES } from './publisher-route.ts';

const policies = `${PUBLISHER_BASE}/throttling-policies/{level}`;
const level = z.enum(POLICY_LEVELS);
const common = { roles: PUBLISHER_ROLES, method: 'GET', status: 200, body: noBody } as const;

/** The settings that the Publisher reads before it shows anything. */
export function settingsRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      tag: 'Settings',
      path: `${PUBLISHER_BASE}/settings`,
      operationId: 'getPublisherSettings',
      summary: "Get what WSO2's Publisher shows or hides",
      params: noParams,
      query: noQuery,
      response: z
        .strictObject({
          environment: z.array(z.unknown()).max(0),
          gatewayTypes: z.array(z.string()).max(0),
          scopes: z.array(z.string()).max(0),
          monetizationAttributes: z.array(z.unknown()).max(0),
          externalStoresEnabled: z.literal(false),
          docVisibilityEnabled: z.literal(false),
          crossTenantSubscriptionEnabled: z.literal(false),
        })
        .meta({ id: 'PublisherSettings' }),
      handle: () =>
        Promise.resolve({
          status: 200,
          body: {
            environment: [],
            gatewayTypes: [],
            scopes: [],
            monetizationAttributes: [],
            externalStoresEnabled: false,
            docVisibilityEnabled: false,
            crossTenantSubscriptionEnabled: false,
          },
        }),
    }),
    defineRoute({
      ...common,
      tag: 'Throttling policies',
      path: policies,
      operationId: 'listPlans',
      summary: 'List the policies for subscriptions or applications',
      params: z.strictObject({ level }),
      query: z.strictObject(wholeList),
      response: listOf(PolicySchema),
      handle: async ({ params, query }) => ({
        status: 200,
        body: await policyPage(management, PUBLISHER_BASE, params.level, query),
      }),
    }),
    defineRoute({
      ...common,
      tag: 'Throttling policies',
      path: `${policies}/{policyName}`,
      operationId: 'getPlan',
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
