import { findKeyPlace } from '../management/key-reads.ts';
import type { TableAccess } from '../management/management.ts';
import { revokeKey } from '../management/revoke-key.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../platform/http/route.ts';

/** What the value of a key alone allows: to end it. Whoever finds a key in a log or a repository can do so. */
export function holderRoutes(management: TableAccess): readonly Route[] {
  return [
    defineRoute({
      tag: 'Holders of a key',
      summary: 'Revoke the key whose value is presented',
      roles: ['holder'],
      method: 'POST',
      path: '/api/keybound/v1/self-revoke',
      operationId: 'selfRevoke',
      params: noParams,
      query: noQuery,
      body: noBody,
      status: 200,
      response: noResponseBody,
      handle: async ({ caller }) => {
        const place = await findKeyPlace(management, caller.subject);
        await revokeKey(management, caller, place, { reason: 'revoked by its holder' });
        return { status: 200 };
      },
    }),
  ];
}
