import { HOLDER_BASE } from '../../contract/api-paths.ts';
import type { TableAccess } from '../../management/frame/management.ts';
import { endPresentedValue } from '../../management/keys/end-presented-value.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../../platform/http/route.ts';
import { withOpenApi } from '../../platform/http/with-open-api.ts';

/** Whoever presents the value of a key may call its operations: on that key. */
const HOLDER_ROLES = ['holder'] as const;

export const HOLDER_API = {
  title: 'Keybound Holder API',
  description:
    'For holders of a key value. It needs no access token. Send the value in a header, never in a URL or a body, where logs would keep it.',
  base: HOLDER_BASE,
} as const;

/** What the value of a key alone allows: to end it. Whoever finds a key in a log or a repository can do so. */
export function holderRoutes(management: TableAccess): readonly Route[] {
  const routes = [
    defineRoute({
      tag: 'Holders of a key',
      summary: 'Revoke the key that has the presented value; a previous value ends only itself',
      roles: HOLDER_ROLES,
      method: 'POST',
      path: `${HOLDER_API.base}/self-revoke`,
      operationId: 'selfRevoke',
      params: noParams,
      query: noQuery,
      body: noBody,
      status: 200,
      response: noResponseBody,
      handle: async (request) => {
        const { subject, presentedDigest = '' } = request.caller;
        await endPresentedValue(management, request, { keyUUID: subject }, presentedDigest);
        return { status: 200 };
      },
    }),
  ];
  return withOpenApi(HOLDER_API, routes, HOLDER_ROLES);
}
