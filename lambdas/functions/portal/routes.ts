import type { Management } from '../../management/frame/management.ts';
import type { Route } from '../../platform/http/route.ts';
import { withOpenApi } from '../../platform/http/with-open-api.ts';
import { apiKeyRoutes } from './api-key-routes.ts';
import { applicationKeyRoutes } from './application-key-routes.ts';
import { apiRoutes } from './api-routes.ts';
import { applicationRoutes } from './application-routes.ts';
import { PORTAL_API } from './portal-route.ts';
import { policyRoutes } from './policy-routes.ts';
import { refusalRoutes } from './refusal-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { subscriptionRoutes } from './subscription-routes.ts';

/**
 * Every operation of the Developer Portal API.
 * @param options `isAnonymous`: whether this installation serves its public routes to everybody.
 */
export function portalRoutes(
  management: Management,
  options: { readonly isAnonymous: boolean } = { isAnonymous: false },
): readonly Route[] {
  return withOpenApi(PORTAL_API, [
    ...apiRoutes(management),
    ...applicationRoutes(management),
    ...subscriptionRoutes(management),
    ...apiKeyRoutes(management),
    ...applicationKeyRoutes(management),
    ...refusalRoutes(management),
    ...policyRoutes(management),
    ...settingsRoutes(options),
  ]);
}
