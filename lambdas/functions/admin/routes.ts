import type { Management } from '../../management/frame/management.ts';
import type { Route } from '../../platform/http/route.ts';
import { withOpenApi } from '../../platform/http/with-open-api.ts';
import { ADMIN_BASE } from './admin-route.ts';
import { apiNameRoutes } from './api-name-routes.ts';
import { applicationRoutes } from './application-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { policySearchRoutes } from './policy-search-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { usageRoutes } from './usage-routes.ts';

/** What the document of the Admin API says of it. */
export const ADMIN_API = {
  title: 'Keybound Admin API',
  base: ADMIN_BASE,
  description:
    'Administrators find, suspend and revoke every key and see its usage, give applications to other owners, manage the throttling policies, and read the audit trail.',
} as const;

/** Every operation of the Admin API. */
export function adminRoutes(management: Management): readonly Route[] {
  return withOpenApi(ADMIN_API, [
    ...keyRoutes(management),
    ...apiNameRoutes(management),
    ...applicationRoutes(management),
    ...policySearchRoutes(management),
    ...policyRoutes(management),
    ...auditRoutes(management),
    ...usageRoutes(management),
    ...settingsRoutes(),
  ]);
}
