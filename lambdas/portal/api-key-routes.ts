import { z } from 'zod';
import { KEY_TYPES } from '../core/credential.ts';
import { readIpRestriction } from '../core/ip-restriction.ts';
import { readReferrerRestriction } from '../core/referrer-restriction.ts';
import type { RuleListReading } from '../core/rule-list.ts';
import { LONGEST_VALIDITY_SECONDS, NEVER_EXPIRES } from '../core/validity.ts';
import { issueKey, listKeys, regenerateKey, revokeKey, type IssuedKey } from '../management/api-keys.ts';
import { listApplications } from '../management/applications.ts';
import { associateKey, dissociateKey } from '../management/associations.ts';
import type { Management } from '../management/management.ts';
import type { KeyItem } from '../platform/dynamodb/items.ts';
import { defineRoute, noBody, noQuery, type Route } from '../platform/http/route.ts';
import { Id, label, listPage, must, paging } from '../platform/http/schemas.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/apis/{apiId}/api-keys`;
const MAX_RESTRICTION_LENGTH = 8_000;

const common = { roles: PORTAL_ROLES, params: z.strictObject({ apiId: Id }) };
const change = { ...common, method: 'POST', query: noQuery } as const;
const KeyBody = z.strictObject({ keyUUID: Id });

const NewKeyBody = z.strictObject({
  keyName: label(255).exactOptional(),
  keyType: z.enum(KEY_TYPES, must('PRODUCTION or SANDBOX')).default('PRODUCTION'),
  validityPeriod: z
    .int(must('a whole number of seconds'))
    .max(LONGEST_VALIDITY_SECONDS, `must be at most ${LONGEST_VALIDITY_SECONDS} seconds`)
    .refine((seconds) => seconds > 0 || seconds === NEVER_EXPIRES, {
      error: `must be more than 0 seconds, or ${NEVER_EXPIRES} for a key that never expires`,
    })
    .default(NEVER_EXPIRES),
  additionalProperties: z
    .strictObject({
      permittedIP: restriction(readIpRestriction),
      permittedReferer: restriction(readReferrerRestriction),
    })
    .prefault({}),
});

/** The keys of one API that belong to the caller. */
export function apiKeyRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      method: 'GET',
      path,
      operationId: 'listApiKeys',
      query: z.strictObject(paging),
      body: noBody,
      handle: async ({ caller, params: { apiId }, query }) => {
        const keys = await listKeys(management, caller.subject, apiId);
        const applications = new Map(
          (await listApplications(management, caller.subject)).map(({ applicationId, name }) => [
            applicationId,
            name,
          ]),
        );
        const view = (key: KeyItem) => keyView(key, applications.get(key.applicationId ?? ''));
        return { status: 200, body: listPage(path.replace('{apiId}', apiId), keys, query, view) };
      },
    }),
    defineRoute({
      ...change,
      path: `${path}/generate`,
      operationId: 'generateApiKey',
      body: NewKeyBody,
      handle: async ({ caller, params: { apiId }, body: { additionalProperties, ...body } }) => {
        const { permittedIP, permittedReferer } = additionalProperties;
        const issued = await issueKey(management, caller, apiId, {
          ...body,
          permittedIp: permittedIP.rules,
          permittedReferrer: permittedReferer.rules,
        });
        const warnings = [...permittedIP.warnings, ...permittedReferer.warnings];
        return { status: 200, body: { ...issuedKeyView(issued), ...(warnings.length > 0 && { warnings }) } };
      },
    }),
    defineRoute({
      ...change,
      path: `${path}/regenerate`,
      operationId: 'regenerateApiKey',
      body: KeyBody,
      handle: async ({ caller, params: { apiId }, body: { keyUUID } }) => ({
        status: 200,
        body: issuedKeyView(await regenerateKey(management, caller, apiId, keyUUID)),
      }),
    }),
    defineRoute({
      ...change,
      path: `${path}/revoke`,
      operationId: 'revokeApiKey',
      body: KeyBody,
      handle: async ({ caller, params: { apiId }, body: { keyUUID } }) => {
        await revokeKey(management, caller, apiId, keyUUID);
        return { status: 200 };
      },
    }),
    defineRoute({
      ...change,
      path: `${path}/associate`,
      operationId: 'associateApiKey',
      body: z.strictObject({ keyUUID: Id, applicationUUID: Id }),
      handle: async ({ caller, params: { apiId }, body: { keyUUID, applicationUUID } }) => {
        const { key, api, application } = await associateKey(management, caller, apiId, {
          keyUUID,
          applicationId: applicationUUID,
        });
        return {
          status: 200,
          body: { keyName: key.keyName, apiName: api.name, applicationName: application.name },
        };
      },
    }),
    defineRoute({
      ...change,
      path: `${path}/dissociate`,
      operationId: 'dissociateApiKey',
      body: KeyBody,
      handle: async ({ caller, params: { apiId }, body: { keyUUID } }) => {
        await dissociateKey(management, caller, apiId, keyUUID);
        return { status: 200 };
      },
    }),
  ];
}

/** A comma-separated restriction; each entry that cannot be understood is a problem of its own. */
function restriction(readRestriction: (text: string) => RuleListReading) {
  return z
    .string(must('a text with entries separated by commas'))
    .max(MAX_RESTRICTION_LENGTH, `must have at most ${MAX_RESTRICTION_LENGTH} characters`)
    .default('')
    .transform((text, context) => {
      const { rules, problems, warnings } = readRestriction(text);
      for (const message of problems) context.issues.push({ code: 'custom', input: text, message });
      return { rules, warnings };
    });
}

/** What WSO2 answers, and the `keyUUID` that it leaves out. */
function issuedKeyView({ key, value }: IssuedKey) {
  const { keyUUID, keyName, keyType, validityPeriod, issuedAt } = key;
  return { keyUUID, keyName, keyType, apikey: value, validityPeriod, issuedOn: issuedAt };
}

function keyView(key: KeyItem, applicationName: string | undefined) {
  return {
    keyUUID: key.keyUUID,
    keyName: key.keyName,
    keyType: key.keyType,
    associatedApp: applicationName ?? null,
    issuedOn: key.issuedAt,
    validityPeriod: key.validityPeriod,
    lastUsed: null,
    additionalProperties: {
      permittedIP: key.permittedIp.join(', '),
      permittedReferer: key.permittedReferrer.join(', '),
    },
  };
}
