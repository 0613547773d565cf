import { z } from 'zod';
import { listAllKeys, type KeyWithApplication } from '../management/all-keys.ts';
import { revokeAnyKey } from '../management/api-keys.ts';
import type { Management } from '../management/management.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../platform/http/route.ts';
import { Id, paging } from '../platform/http/schemas.ts';

/** Where the Admin API lives; WSO2's own path. */
const path = '/api/am/admin/v4/api-keys';
const roles = ['administrator'] as const;

/** Every operation of the Admin API. */
export function adminRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      operationId: 'listAllApiKeys',
      roles,
      params: noParams,
      query: z.strictObject(paging),
      body: noBody,
      handle: async ({ query: { limit, offset } }) => {
        const { keys, hasMore } = await listAllKeys(management, { limit, offset });
        return {
          status: 200,
          body: {
            count: keys.length,
            list: keys.map(keyView),
            pagination: {
              offset,
              limit,
              next: hasMore ? `${path}?limit=${limit}&offset=${offset + limit}` : '',
              previous: offset > 0 ? `${path}?limit=${limit}&offset=${Math.max(0, offset - limit)}` : '',
            },
          },
        };
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/revoke`,
      operationId: 'revokeAnyApiKey',
      roles,
      params: noParams,
      query: noQuery,
      body: z.strictObject({ keyUUID: Id }),
      handle: async ({ caller, body: { keyUUID } }) => {
        await revokeAnyKey(management, caller, keyUUID);
        return { status: 200 };
      },
    }),
  ];
}

function keyView({ key, applicationName }: KeyWithApplication) {
  return {
    keyUUID: key.keyUUID,
    keyName: key.keyName,
    apiName: key.apiName,
    applicationName: applicationName ?? null,
    keyType: key.keyType,
    user: key.ownerName,
    issuedOn: key.issuedAt,
    validityPeriod: key.validityPeriod,
    lastUsed: null,
  };
}
