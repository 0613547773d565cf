import { ADMIN_API, adminRoutes } from '../lambdas/functions/admin/routes.ts';
import { HOLDER_API, holderRoutes } from '../lambdas/functions/holder/routes.ts';
import type { Management } from '../lambdas/management/frame/management.ts';
import type { ApiDescription } from '../lambdas/platform/http/open-api.ts';
import type { Route } from '../lambdas/platform/http/route.ts';
import { PORTAL_API } from '../lambdas/functions/portal/portal-route.ts';
import { portalRoutes } from '../lambdas/functions/portal/routes.ts';
import { PUBLISHER_API, publisherRoutes } from '../lambdas/functions/publisher/routes.ts';

/** A management API with its operations. */
export interface ManagementApi {
  /** The name of its document's file. */
  readonly name: 'portal' | 'admin' | 'publisher' | 'holder';
  readonly api: ApiDescription;
  readonly routes: readonly Route[];
}

/** The management APIs that want an access token. Their routes only use `management` when they are called. */
export function managementApis(management: Management): readonly ManagementApi[] {
  return [
    { name: 'portal', api: PORTAL_API, routes: portalRoutes(management) },
    { name: 'admin', api: ADMIN_API, routes: adminRoutes(management) },
    { name: 'publisher', api: PUBLISHER_API, routes: publisherRoutes(management) },
  ];
}

/** Those, and the one that wants the value of a key instead: each has a document. */
export function describedApis(management: Management): readonly ManagementApi[] {
  return [
    ...managementApis(management),
    { name: 'holder', api: HOLDER_API, routes: holderRoutes(management) },
  ];
}
