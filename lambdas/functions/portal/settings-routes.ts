import { z } from 'zod';
import { definePublicRoute } from '../../platform/http/public-route.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../../platform/http/route.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/settings`;
const common = {
  tag: 'Settings',
  roles: PORTAL_ROLES,
  status: 200,
  params: noParams,
  query: noQuery,
} as const;

const no = z.literal(false);
const Settings = z
  .strictObject({
    grantTypes: z.array(z.string()).max(0).describe('Applications have no OAuth keys.'),
    scopes: z.array(z.string()).max(0).describe('The roles in the access token decide.'),
    applicationSharingEnabled: no,
    mapExistingAuthApps: no,
    monetizationEnabled: no,
    recommendationEnabled: no,
    IsUnlimitedTierPaid: no,
    identityProvider: z.strictObject({ external: z.literal(true) }),
    IsAnonymousModeEnabled: z
      .boolean()
      .describe('Whether anybody can read the catalogue without signing in.'),
    IsPasswordChangeEnabled: no,
    IsLegacyApiKeysEnabled: z.literal(true).describe('Applications can have application keys.'),
  })
  .meta({ id: 'Settings' });

/** The settings that the Developer Portal reads before it shows anything. */
export function settingsRoutes({ isAnonymous }: { readonly isAnonymous: boolean }): readonly Route[] {
  return [
    definePublicRoute({
      ...common,
      path,
      operationId: 'getSettings',
      summary: "Get the settings of WSO2's Developer Portal",
      response: Settings,
      handle: () =>
        Promise.resolve({
          status: 200,
          body: {
            grantTypes: [],
            scopes: [],
            applicationSharingEnabled: false,
            mapExistingAuthApps: false,
            monetizationEnabled: false,
            recommendationEnabled: false,
            IsUnlimitedTierPaid: false,
            identityProvider: { external: true },
            IsAnonymousModeEnabled: isAnonymous,
            IsPasswordChangeEnabled: false,
            IsLegacyApiKeysEnabled: true,
          },
        }),
    }),
    defineRoute({
      ...common,
      method: 'GET',
      body: noBody,
      path: `${path}/application-attributes`,
      operationId: 'listApplicationAttributes',
      summary: 'List the attributes that applications must have; always empty',
      response: z.strictObject({ count: z.literal(0), list: z.array(z.unknown()).max(0) }),
      handle: () => Promise.resolve({ status: 200, body: { count: 0, list: [] } }),
    }),
  ];
}
