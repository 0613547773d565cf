import { z } from 'zod';
import { KEY_TYPES } from '../core/credential.ts';
import { listAllKeys, type KeyOfAnyOwner } from '../management/all-keys.ts';
import { bulkRevoke } from '../management/bulk-revoke.ts';
import { findKeyPlace } from '../management/key-reads.ts';
import type { Management } from '../management/management.ts';
import { revokeKey } from '../management/revoke-key.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../platform/http/route.ts';
import { Id, label, listOf, paging, uncountedPage } from '../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES } from './admin-route.ts';

const path = `${ADMIN_BASE}/api-keys`;
const common = { tag: 'API keys', roles: ADMIN_ROLES, params: noParams, status: 200 } as const;

const KeySchema = z
  .strictObject({
    keyUUID: Id,
    keyName: z.string(),
    apiName: z.string().nullable().describe('null: all that the application subscribes to.'),
    applicationName: z.string().nullable(),
    keyType: z.enum(KEY_TYPES),
    status: z.enum(['ACTIVE', 'SUSPENDED']),
    user: z.string(),
    owner: z.string().describe('Subject of the owner.'),
    createdOn: z.int(),
    issuedOn: z.int(),
    expiresOn: z.int().nullable(),
    validityPeriod: z.int(),
    lastUsed: z.int().nullable(),
  })
  .meta({ id: 'AnyApiKey' });

const Filter = z.strictObject({
  owner: label(255).exactOptional().describe('Subject or name.'),
  applicationId: Id.exactOptional(),
  apiId: Id.exactOptional(),
  createdBefore: z.int().min(0).exactOptional().describe('Milliseconds since the epoch.'),
  unusedSince: z
    .int()
    .min(0)
    .exactOptional()
    .describe('Milliseconds since the epoch: last used, or if never used created, before then.'),
});

/** Keys of all owners. */
export function keyRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      summary: 'List all keys, newest first',
      method: 'GET',
      path,
      operationId: 'listAllApiKeys',
      query: z.strictObject(paging),
      body: noBody,
      response: listOf(KeySchema),
      handle: async ({ query }) => {
        const { keys, hasMore } = await listAllKeys(management, query);
        return { status: 200, body: uncountedPage(path, keys.map(keyView), query, hasMore) };
      },
    }),
    defineRoute({
      ...common,
      summary: 'Revoke any key',
      method: 'POST',
      path: `${path}/revoke`,
      operationId: 'revokeAnyApiKey',
      supports: ['if-match'],
      query: noQuery,
      body: z.strictObject({ keyUUID: Id, reason: label(256).exactOptional() }),
      response: noResponseBody,
      handle: async ({ caller, body: { keyUUID, ...more }, ifMatch }) => {
        await revokeKey(management, caller, await findKeyPlace(management, keyUUID), {
          ...more,
          ...(ifMatch !== undefined && { ifMatch }),
        });
        return { status: 200 };
      },
    }),
    defineRoute({
      ...common,
      summary: 'Revoke all keys that a filter fits, or preview them',
      method: 'POST',
      path: `${path}/bulk-revoke`,
      operationId: 'bulkRevokeApiKeys',
      query: noQuery,
      body: z.strictObject({
        filter: Filter,
        dryRun: z.boolean().default(true).describe('Whether to show the keys only.'),
        reason: label(256).exactOptional(),
        offset: z.int().min(0).default(0).describe('The `nextOffset` of the call before.'),
      }),
      response: z.strictObject({
        count: z.int(),
        revoked: z.int(),
        list: z.array(KeySchema),
        nextOffset: z.int().exactOptional().describe('More keys are to be looked at: call again with it.'),
      }),
      handle: async ({ caller, body: { filter, ...how } }) => {
        const { keys, ...result } = await bulkRevoke(management, caller, filter, how);
        return {
          status: 200,
          body: {
            count: keys.length,
            list: keys.map(keyView),
            ...result,
          },
        };
      },
    }),
  ];
}

function keyView({ key, applicationName, usage }: KeyOfAnyOwner) {
  return {
    keyUUID: key.keyUUID,
    keyName: key.keyName,
    apiName: key.apiName ?? null,
    applicationName: applicationName ?? null,
    keyType: key.keyType,
    status: key.status,
    user: key.ownerName,
    owner: key.owner,
    createdOn: key.createdAt,
    issuedOn: key.issuedAt,
    expiresOn: key.expiresAt === undefined ? null : key.expiresAt * 1000,
    validityPeriod: key.validityPeriod,
    lastUsed: usage?.lastUsed ?? null,
  };
}
