import { z } from 'zod';
import { digestKeyValue } from '../../core/keys/key-value.ts';
import { getApplication } from '../../management/applications/application-reads.ts';
import { carryOut } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import { look, type Reads } from '../../management/frame/snapshot.ts';
import { associateKey, dissociateKey } from '../../management/keys/associate-key.ts';
import { findKeyByDigest, listKeys, listKeysOf } from '../../management/keys/key-reads.ts';
import { revokeKey } from '../../management/keys/revoke-key.ts';
import { readLinksOf } from '../../management/links/links.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { defineRoute, noBody, noQuery, noResponseBody, type Route } from '../../platform/http/route.ts';
import { Id, listOf, wholeList } from '../../platform/http/schemas.ts';
import { blankable, lenient } from '../../platform/http/tolerance.ts';
import { associationAnswer, associationShape } from './association.ts';
import { dryRunFields } from './dry-run-schemas.ts';
import { explainKeyRoutes } from './explain-key-routes.ts';
import { generateRoute, regenerateRoute } from './issue-routes.ts';
import { keyListPage } from './key-list.ts';
import { KeyBody, KeySchema, KeyTypeSchema, newKeyFields, RevocationReason } from './key-schemas.ts';
import { oneKeyRoutes } from './one-key-routes.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/applications/{applicationId}/api-keys/{keyType}`;
const tag = 'Application keys';
const params = z.strictObject({ applicationId: Id, keyType: KeyTypeSchema });
type Params = z.infer<typeof params>;

const read = { tag, roles: PORTAL_ROLES, method: 'GET', status: 200, params, body: noBody } as const;
const change = { tag, roles: PORTAL_ROLES, method: 'POST', status: 200, params, query: noQuery } as const;

/**
 * Keys from the application's side: its own, which open every API that it subscribes to or that needs no
 * subscription, and those of single APIs that are, or can be, associated with it.
 */
export function applicationKeyRoutes(management: Management): readonly Route[] {
  /** A key of the application itself, of the environment in the path. */
  const placeOf = (owner: string, { applicationId, keyType }: Params, keyUUID: string) => ({
    owner,
    scope: { boundApplicationId: applicationId },
    keyUUID,
    keyType,
  });
  const answerList = async (
    owner: string,
    name: string,
    { applicationId, keyType }: Params,
    query: { readonly limit: number; readonly offset: number },
    choose: (read: Reads) => Promise<readonly KeyItem[]>,
  ) => {
    const read = look(management);
    await getApplication(read, owner, applicationId);
    const keys = (await choose(read)).filter((key) => key.keyType === keyType);
    const self = path.replace('{applicationId}', applicationId).replace('{keyType}', keyType) + name;
    return { status: 200 as const, body: await keyListPage(read, owner, self, keys, query) };
  };

  return [
    defineRoute({
      ...read,
      path,
      operationId: 'listApplicationKeys',
      summary: 'List the application keys',
      query: z.strictObject(wholeList),
      response: listOf(KeySchema),
      handle: ({ caller: { subject }, params: sent, query }) =>
        answerList(subject, '', sent, query, (read) =>
          listKeys(read, subject, { boundApplicationId: sent.applicationId }),
        ),
    }),
    defineRoute({
      ...read,
      path: `${path}/subscriptions`,
      operationId: 'listAssociableKeys',
      summary: 'List keys that can be associated with the application',
      query: z.strictObject(wholeList),
      response: listOf(KeySchema),
      handle: ({ caller: { subject }, params: sent, query }) =>
        answerList(subject, '/subscriptions', sent, query, async (read) => {
          const links = await readLinksOf(read, { owner: subject, applicationId: sent.applicationId });
          const subscribed = new Set(
            links.filter(({ subscription }) => subscription !== undefined).map(({ apiId }) => apiId),
          );
          return (await listKeysOf(read, subject)).filter(
            ({ apiId, applicationId }) =>
              applicationId === undefined && apiId !== undefined && subscribed.has(apiId),
          );
        }),
    }),
    defineRoute({
      ...read,
      path: `${path}/associations`,
      operationId: 'listAssociatedKeys',
      summary: 'List keys that are associated with the application',
      query: z.strictObject(wholeList),
      response: listOf(KeySchema),
      handle: ({ caller: { subject }, params: sent, query }) =>
        answerList(subject, '/associations', sent, query, async (read) =>
          (await listKeysOf(read, subject)).filter(
            ({ apiId, applicationId }) => apiId !== undefined && applicationId === sent.applicationId,
          ),
        ),
    }),
    generateRoute(management, {
      tag,
      params,
      path: `${path}/generate`,
      operationId: 'generateApplicationKey',
      summary: 'Generate an application key, for all APIs that the application can call',
      body: lenient(z.strictObject(newKeyFields)),
      scopeOf: ({ applicationId }) => ({ boundApplicationId: applicationId }),
      keyTypeOf: ({ keyType }) => keyType,
    }),
    regenerateRoute(management, {
      tag,
      params,
      path: `${path}/regenerate`,
      operationId: 'regenerateApplicationKey',
      summary: 'Replace the value of an application key',
      placeOf,
    }),
    defineRoute({
      ...change,
      path: `${path}/revoke`,
      operationId: 'revokeApplicationKey',
      summary: 'Revoke an application key, by id or by value',
      supports: ['if-match'],
      body: lenient(
        z.strictObject({
          keyUUID: blankable(Id.exactOptional()),
          apikey: blankable(z.string().max(255).exactOptional()),
          reason: RevocationReason,
        }),
      ).refine(({ keyUUID, apikey }) => (keyUUID === undefined) !== (apikey === undefined), {
        error: 'send either keyUUID or apikey',
      }),
      response: noResponseBody,
      handle: async (request) => {
        const { keyUUID, apikey, ...revocation } = request.body;
        const id = keyUUID ?? (await findKeyByDigest(look(management), digestKeyValue(apikey ?? '')));
        const place = placeOf(request.caller.subject, request.params, id);
        await revokeKey(management, request, place, { ...revocation, findsLive: true });
        return { status: 200 };
      },
    }),
    defineRoute({
      ...change,
      path: `${path}/associate`,
      operationId: 'associateKeyWithApplication',
      summary: 'Associate a key with the application',
      supports: ['if-match'],
      body: z.strictObject({ apiUUID: Id, keyUUID: Id }),
      response: associationShape,
      handle: (request) => {
        const { apiUUID, keyUUID } = request.body;
        const { applicationId, keyType } = request.params;
        const place = { owner: request.caller.subject, scope: { apiId: apiUUID }, keyUUID, keyType };
        return carryOut(management, request, associateKey(place, applicationId), associationAnswer);
      },
    }),
    defineRoute({
      ...change,
      path: `${path}/dissociate`,
      operationId: 'dissociateKeyFromApplication',
      summary: 'Dissociate a key from the application',
      supports: ['if-match'],
      body: KeyBody,
      response: noResponseBody,
      handle: (request) => {
        const { caller, params: sent, body } = request;
        const plan = dissociateKey(
          body,
          (key) =>
            key.owner === caller.subject &&
            key.apiId !== undefined &&
            key.applicationId === sent.applicationId &&
            key.keyType === sent.keyType,
        );
        return carryOut(management, request, plan, () => ({ status: 200 }));
      },
    }),
    ...oneKeyRoutes(management, {
      path,
      tag,
      params,
      keyParams: z.strictObject({ applicationId: Id, keyType: KeyTypeSchema, keyUUID: Id }),
      ids: {
        get: 'getApplicationKey',
        usage: 'getApplicationKeyUsage',
        update: 'updateApplicationKey',
        endGrace: 'endApplicationKeyGracePeriod',
        suspend: 'suspendApplicationKey',
        resume: 'resumeApplicationKey',
      },
      placeOf,
    }),
    ...explainKeyRoutes(management, {
      path,
      tag,
      params,
      keyParams: z.strictObject({ applicationId: Id, keyType: KeyTypeSchema, keyUUID: Id }),
      dryRunBody: z.strictObject({ ...dryRunFields, apiId: Id }),
      ids: { refusals: 'listApplicationKeyRefusals', dryRun: 'dryRunApplicationKey' },
      has: (key, { applicationId, keyType }) =>
        key.boundApplicationId === applicationId && key.keyType === keyType,
      apiOf: (_params, { apiId }) => apiId,
    }),
  ];
}
