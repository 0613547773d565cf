import { z } from 'zod';
import { carryOut } from '../../management/frame/carry-out.ts';
import { showing } from '../../management/frame/change.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { resumeAnyKey } from '../../management/keys/change-key.ts';
import { listAnyKeys, type KeyOfAnyOwner } from '../../management/keys/all-keys.ts';
import { describeAnyKey, lookUpValue } from '../../management/keys/look-up-value.ts';
import { revokeKey } from '../../management/keys/revoke-key.ts';
import { suspendAnyKey } from '../../management/keys/suspend-key.ts';
import { cursorPage, cursorPaging, readPageStart } from '../../platform/http/cursor-pages.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../../platform/http/route.ts';
import { Id, label, listOf } from '../../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES, LONGEST_STEP_MILLISECONDS } from './admin-route.ts';
import { bulkRevokeRoute } from './bulk-revoke-route.ts';
import { KeyFilterQuery } from './key-filter-schemas.ts';
import { AnyKeySchema, anyKeyView } from './key-views.ts';
import { lookUpBody, LookedUp, lookedUpView } from './look-up-schemas.ts';

const path = `${ADMIN_BASE}/api-keys`;
const common = { tag: 'API keys', roles: ADMIN_ROLES, params: noParams, status: 200 } as const;
const change = { ...common, method: 'POST', query: noQuery } as const;
const reason = label(256);

/** Keys of all owners. */
export function keyRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      summary: 'List the keys of all owners that match a filter, newest first',
      description:
        'If `owner` is a subject, the keys are sorted by API. Only `status=REVOKED` lists revoked keys. Searching many keys takes more than one request: follow `pagination.next` until it is empty, even past pages with few or no entries.',
      method: 'GET',
      path,
      operationId: 'listAllApiKeys',
      query: KeyFilterQuery.extend(cursorPaging),
      body: noBody,
      response: listOf(AnyKeySchema),
      handle: async ({ caller, query: { limit, offset, cursor, ...filter } }) => {
        const binding = ['listAllApiKeys', caller.subject, filter];
        const start = readPageStart({ limit, offset, cursor }, binding);
        const until = management.clock() + LONGEST_STEP_MILLISECONDS;
        const { items, next } = await listAnyKeys(management, filter, { ...start, until });
        return {
          status: 200,
          body: cursorPage(path, filter, { start, list: items.map(anyKeyView), next, binding }),
        };
      },
    }),
    defineRoute({
      ...change,
      summary: "Find a key by its value or the value's SHA-256",
      description:
        'Also finds values that were revoked or replaced in the last thirty days. The value is neither stored nor logged.',
      path: `${path}/look-up`,
      operationId: 'lookUpApiKey',
      body: lookUpBody,
      response: LookedUp,
      handle: async ({ body }) => ({
        status: 200,
        body: lookedUpView(await lookUpValue(look(management), body.digest)),
      }),
    }),
    defineRoute({
      ...change,
      summary: 'Revoke any key',
      path: `${path}/revoke`,
      operationId: 'revokeAnyApiKey',
      supports: ['if-match'],
      body: z.strictObject({ keyUUID: Id, reason: reason.exactOptional() }),
      response: noResponseBody,
      handle: async (request) => {
        await revokeKey(management, request, request.body, request.body);
        return { status: 200 };
      },
    }),
    defineRoute({
      ...change,
      summary: 'Suspend any key; its owner cannot resume it',
      path: `${path}/suspend`,
      operationId: 'suspendAnyApiKey',
      body: z.strictObject({ keyUUID: Id, reason }),
      response: AnyKeySchema,
      handle: (request) => {
        const plan = suspendAnyKey(management, request.body, request.body.reason);
        return carryOut(management, request, showing(plan, describeAnyKey), answer);
      },
    }),
    defineRoute({
      ...change,
      summary: 'Resume any suspended key',
      path: `${path}/resume`,
      operationId: 'resumeAnyApiKey',
      body: z.strictObject({ keyUUID: Id }),
      response: AnyKeySchema,
      handle: (request) =>
        carryOut(management, request, showing(resumeAnyKey(request.body), describeAnyKey), answer),
    }),
    bulkRevokeRoute(management),
  ];
}

function answer(key: KeyOfAnyOwner) {
  return { status: 200, body: anyKeyView(key) } as const;
}
