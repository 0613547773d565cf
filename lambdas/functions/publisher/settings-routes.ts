import { z } from 'zod';
import type { Management } from '../../management/frame/management.ts';
import { policyReads } from '../../management/policies/policy-views.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../../platform/http/route.ts';
import { PUBLISHER_BASE, PUBLISHER_ROLES } from './publisher-route.ts';

const common = { roles: PUBLISHER_ROLES, method: 'GET', status: 200, body: noBody } as const;

/** The settings that the Publisher reads before it shows anything. */
export function settingsRoutes(management: Management): readonly Route[] {
  const { list, one } = policyReads(management, PUBLISHER_BASE);
  return [
    defineRoute({
      ...common,
      tag: 'Settings',
      path: `${PUBLISHER_BASE}/settings`,
      operationId: 'getPublisherSettings',
      summary: "Get the settings of WSO2's Publisher",
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
    defineRoute({ ...common, ...list, tag: 'Throttling policies', operationId: 'listPlans' }),
    defineRoute({ ...common, ...one, tag: 'Throttling policies', operationId: 'getPlan' }),
  ];
}
