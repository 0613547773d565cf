import { z } from 'zod';
import type { Management } from '../../management/frame/management.ts';
import { readerOf } from '../../management/keys/readable-keys.ts';
import { getRefusal } from '../../management/refusals/refusals.ts';
import { defineRoute, noBody, noQuery, type Route } from '../../platform/http/route.ts';
import { EXPLAIN_ROLES, PORTAL_BASE } from './portal-route.ts';
import { RefusalSchema, refusalView } from './refusal-schemas.ts';

/** As API Gateway makes them: sixteen characters of base64 for URLs; longer ones are not ruled out. */
const RequestId = z.string().regex(/^[\w=-]{12,64}$/);

/** Why one call was refused. */
export function refusalRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      tag: 'Refusals',
      summary: 'Explain why a call was refused',
      roles: EXPLAIN_ROLES,
      method: 'GET',
      path: `${PORTAL_BASE}/refusals/{requestId}`,
      operationId: 'getRefusal',
      params: z.strictObject({
        requestId: RequestId.describe('The header `apigw-requestid` of the refused call.'),
      }),
      query: noQuery,
      body: noBody,
      status: 200,
      response: RefusalSchema,
      handle: async ({ caller, roles, params: { requestId } }) => ({
        status: 200,
        body: refusalView(await getRefusal(management, readerOf(caller, roles), requestId)),
      }),
    }),
  ];
}
