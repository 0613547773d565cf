import { z } from 'zod';
import { isGuessableValue } from '../../core/keys/guessable-value.ts';
import { digestKeyValue, isImportableKeyValue } from '../../core/keys/key-value.ts';
import { getApi } from '../../management/apis/apis.ts';
import { carryOut } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { associateKey, dissociateKey } from '../../management/keys/associate-key.ts';
import { importKey } from '../../management/keys/issue-key.ts';
import { listKeys, listKeysOf } from '../../management/keys/key-reads.ts';
import { revokeKey } from '../../management/keys/revoke-key.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../../platform/http/route.ts';
import { Id, label, listOf, paging, wholeList } from '../../platform/http/schemas.ts';
import { lenient } from '../../platform/http/tolerance.ts';
import { associationAnswer, associationShape } from './association.ts';
import { dryRunFields } from './dry-run-schemas.ts';
import { explainKeyRoutes } from './explain-key-routes.ts';
import { generateRoute, regenerateRoute } from './issue-routes.ts';
import { keyListPage } from './key-list.ts';
import {
  KeyBody,
  keyInputOf,
  KeySchema,
  keyView,
  newKeyFields,
  NewKeyType,
  RevocationReason,
  warningsOf,
} from './key-schemas.ts';
import { oneKeyRoutes } from './one-key-routes.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/apis/{apiId}/api-keys`;
const tag = 'API keys';
const params = z.strictObject({ apiId: Id });

const read = { tag, roles: PORTAL_ROLES, method: 'GET', status: 200, body: noBody } as const;
const change = { tag, roles: PORTAL_ROLES, method: 'POST', status: 200, params, query: noQuery } as const;

const NewKeyBody = lenient(z.strictObject({ keyType: NewKeyType, ...newKeyFields }));
const KeyQuery = label(200)
  .exactOptional()
  .describe(
    'Part of a name; or `name:`, `api:`, `type:` or `status:` with a part of it. Statuses are active, suspended, expired and unassociated.',
  );
const SHA256 = /^[0-9a-f]{64}$/;
const ImportedValue = z
  .string()
  .refine(
    isImportableKeyValue,
    'must have 20 to 255 visible ASCII characters, no comma, and not be a key of Keybound',
  )
  .refine(
    (value) => !isGuessableValue(value),
    'can be guessed: it repeats itself, has few different characters, or contains a run of characters',
  );
const ImportBody = lenient(
  z.strictObject({
    apikey: ImportedValue.exactOptional(),
    sha256: z
      .string()
      .regex(SHA256, 'must be 64 lower-case hexadecimal digits')
      .describe(
        'SHA-256 of the value. It does not show whether the value can be guessed: import only random values.',
      )
      .exactOptional(),
    keyType: NewKeyType,
    ...newKeyFields,
  }),
).refine(({ apikey, sha256 }) => (apikey === undefined) !== (sha256 === undefined), {
  error: 'send either apikey, the value, or sha256, its digest',
});
const AssociationSchema = associationShape.meta({ id: 'Association' });

/** The keys of one API that belong to the caller. */
export function apiKeyRoutes(management: Management): readonly Route[] {
  const placeOf = (owner: string, { apiId }: z.infer<typeof params>, keyUUID: string) => ({
    owner,
    scope: { apiId },
    keyUUID,
  });

  return [
    defineRoute({
      ...read,
      path: `${PORTAL_BASE}/api-keys`,
      operationId: 'listAllMyApiKeys',
      summary: 'List the keys of all APIs and applications',
      params: noParams,
      query: z.strictObject({ ...paging, query: KeyQuery }),
      response: listOf(KeySchema),
      handle: async ({ caller, query }) => {
        const read = look(management);
        const keys = (await listKeysOf(read, caller.subject)).filter(
          matching(query.query, toEpochSeconds(management.clock())),
        );
        const self = `${PORTAL_BASE}/api-keys`;
        return { status: 200, body: await keyListPage(read, caller.subject, self, keys, query) };
      },
    }),
    defineRoute({
      ...read,
      path,
      operationId: 'listApiKeys',
      summary: 'List the keys of an API',
      params,
      query: z.strictObject(wholeList),
      response: listOf(KeySchema),
      handle: async ({ caller, params: { apiId }, query }) => {
        const read = look(management);
        await getApi(read, apiId);
        const keys = await listKeys(read, caller.subject, { apiId });
        const self = path.replace('{apiId}', apiId);
        return { status: 200, body: await keyListPage(read, caller.subject, self, keys, query) };
      },
    }),
    generateRoute(management, {
      tag,
      params,
      path: `${path}/generate`,
      operationId: 'generateApiKey',
      summary: 'Generate a key',
      body: NewKeyBody,
      scopeOf: ({ apiId }) => ({ apiId }),
      keyTypeOf: (_params, { keyType }) => keyType,
    }),
    defineRoute({
      ...change,
      path: `${path}/import`,
      operationId: 'importApiKey',
      summary: 'Import a key that was made elsewhere, by its value or its SHA-256',
      supports: ['etag', 'idempotency-key'],
      status: 201,
      body: ImportBody,
      response: KeySchema,
      handle: (request) => {
        const { apikey, sha256, ...body } = request.body;
        const digest = sha256 ?? digestKeyValue(apikey ?? '');
        const { caller, params: sent } = request;
        const plan = importKey(management, caller, sent, { ...keyInputOf(body), digest });
        return carryOut(management, request, plan, (key) => ({
          status: 201,
          location: `${path.replace('{apiId}', sent.apiId)}/${key.keyUUID}`,
          body: { ...keyView(key, new Map(), undefined), ...warningsOf(body.additionalProperties) },
          version: key.version,
        }));
      },
    }),
    regenerateRoute(management, {
      tag,
      params,
      path: `${path}/regenerate`,
      operationId: 'regenerateApiKey',
      summary: 'Replace the value of a key',
      placeOf,
    }),
    defineRoute({
      ...change,
      path: `${path}/revoke`,
      operationId: 'revokeApiKey',
      summary: 'Revoke a key; this cannot be undone',
      supports: ['if-match'],
      body: KeyBody.extend({ reason: RevocationReason }),
      response: noResponseBody,
      handle: async (request) => {
        const { keyUUID, ...revocation } = request.body;
        const place = placeOf(request.caller.subject, request.params, keyUUID);
        await revokeKey(management, request, place, revocation);
        return { status: 200 };
      },
    }),
    defineRoute({
      ...change,
      path: `${path}/associate`,
      operationId: 'associateApiKey',
      summary: 'Associate a key with an application',
      supports: ['if-match'],
      body: z.strictObject({ keyUUID: Id, applicationUUID: Id }),
      response: AssociationSchema,
      handle: (request) => {
        const { keyUUID, applicationUUID } = request.body;
        const plan = associateKey(placeOf(request.caller.subject, request.params, keyUUID), applicationUUID);
        return carryOut(management, request, plan, associationAnswer);
      },
    }),
    defineRoute({
      ...change,
      path: `${path}/dissociate`,
      operationId: 'dissociateApiKey',
      summary: 'Dissociate a key from its application',
      supports: ['if-match'],
      body: KeyBody,
      response: noResponseBody,
      handle: (request) => {
        const plan = dissociateKey(placeOf(request.caller.subject, request.params, request.body.keyUUID));
        return carryOut(management, request, plan, () => ({ status: 200 }));
      },
    }),
    ...oneKeyRoutes(management, {
      path,
      tag,
      params,
      keyParams: z.strictObject({ apiId: Id, keyUUID: Id }),
      ids: {
        get: 'getApiKey',
        usage: 'getApiKeyUsage',
        update: 'updateApiKey',
        endGrace: 'endApiKeyGracePeriod',
        suspend: 'suspendApiKey',
        resume: 'resumeApiKey',
      },
      placeOf,
    }),
    ...explainKeyRoutes(management, {
      path,
      tag,
      params,
      keyParams: z.strictObject({ apiId: Id, keyUUID: Id }),
      dryRunBody: z.strictObject(dryRunFields),
      ids: { refusals: 'listApiKeyRefusals', dryRun: 'dryRunApiKey' },
      has: (key, { apiId }) => key.apiId === apiId,
      apiOf: ({ apiId }) => apiId,
    }),
  ];
}

/** A key that has expired is not looked for as an active one, whatever its status. */
function matching(query: string | undefined, nowSeconds: number): (key: KeyItem) => boolean {
  const [, field = 'name', wanted = query ?? ''] = /^(name|api|type|status):(.*)$/i.exec(query ?? '') ?? [];
  return (key) => {
    const hasExpired = key.expiresAt !== undefined && key.expiresAt <= nowSeconds;
    const states = [
      ...(hasExpired && key.status === 'ACTIVE' ? [] : [key.status]),
      ...(hasExpired ? ['expired'] : []),
      ...(key.applicationId === undefined ? ['unassociated'] : []),
    ];
    const texts: Record<string, string> = {
      name: key.keyName,
      api: key.apiName ?? '',
      type: key.keyType,
      status: states.join(' '),
    };
    return (texts[field.toLowerCase()] ?? '').toLowerCase().includes(wanted.trim().toLowerCase());
  };
}
