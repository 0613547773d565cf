import type { Management } from '../management/management.ts';
import type { Route } from '../platform/http/route.ts';
import { apiKeyRoutes } from './api-key-routes.ts';
import { apiRoutes } from './api-routes.ts';
import { applicationRoutes } from './application-routes.ts';
import { subscriptionRoutes } from './subscription-routes.ts';

/** Every operation of the Developer Portal API. */
export function portalRoutes(management: Management): readonly Route[] {
  return [
    ...apiRoutes(management),
    ...applicationRoutes(management),
    ...subscriptionRoutes(management),
    ...apiKeyRoutes(management),
  ];
}
