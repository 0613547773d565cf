import type { Management } from '../../management/frame/management.ts';
import { policyReads } from '../../management/policies/policy-views.ts';
import { definePublicRoute } from '../../platform/http/public-route.ts';
import type { Route } from '../../platform/http/route.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const common = { tag: 'Throttling policies', roles: PORTAL_ROLES, status: 200 } as const;

/** The policies that developers choose from. */
export function policyRoutes(management: Management): readonly Route[] {
  const { list, one } = policyReads(management, PORTAL_BASE);
  return [
    definePublicRoute({ ...common, ...list, operationId: 'listThrottlingPolicies' }),
    definePublicRoute({ ...common, ...one, operationId: 'getThrottlingPolicy' }),
  ];
}
