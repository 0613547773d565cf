import { z } from 'zod';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../../platform/http/route.ts';
import { ADMIN_BASE, ADMIN_ROLES } from './admin-route.ts';

/** The settings that the Admin Portal reads before it shows anything. */
export function settingsRoutes(): readonly Route[] {
  return [
    defineRoute({
      tag: 'Settings',
      roles: ADMIN_ROLES,
      method: 'GET',
      path: `${ADMIN_BASE}/settings`,
      operationId: 'getAdminSettings',
      summary: "Get what WSO2's Admin Portal shows or hides",
      params: noParams,
      query: noQuery,
      body: noBody,
      status: 200,
      response: z
        .strictObject({
          scopes: z.array(z.string()).max(0).describe('Roles of the access token decide.'),
          gatewayTypes: z.array(z.string()).max(0),
          keyManagerConfiguration: z.array(z.unknown()).max(0),
          analyticsEnabled: z.literal(false),
        })
        .meta({ id: 'AdminSettings' }),
      handle: () =>
        Promise.resolve({
          status: 200,
          body: { scopes: [], gatewayTypes: [], keyManagerConfiguration: [], analyticsEnabled: false },
        }),
    }),
  ];
}
