import { z } from 'zod';
import { KEY_TYPES } from '../../core/decision/credential.ts';
import type { KeyOfAnyOwner } from '../../management/keys/all-keys.ts';
import { Id } from '../../platform/http/schemas.ts';

const fields = {
  keyUUID: Id,
  keyName: z.string(),
  apiName: z.string().nullable().describe('null: every API that the application subscribes to.'),
  apiUUID: Id.nullable(),
  applicationId: Id.nullable(),
  applicationName: z.string().nullable(),
  keyType: z.enum(KEY_TYPES),
  status: z.enum(['ACTIVE', 'SUSPENDED', 'REVOKED']),
  suspendedBy: z
    .literal('administrator')
    .exactOptional()
    .describe('ADMINISTRATOR: only an administrator can resume the key.'),
  reason: z
    .string()
    .exactOptional()
    .describe('Reason of the suspension by an administrator, or of the revocation.'),
  user: z.string(),
  owner: z.string().describe('Subject of the owner.'),
  createdOn: z.int(),
  issuedOn: z.int(),
  expiresOn: z.int().nullable(),
  validityPeriod: z.int(),
  lastUsed: z.int().nullable(),
};

export const AnyKeySchema = z.strictObject(fields).meta({ id: 'AnyApiKey' });
export const anyKeyFields = fields;

/** A key of any owner, without what only its owner needs. */
export function anyKeyView({ key, applicationName, usage }: KeyOfAnyOwner) {
  const reason = key.status === 'REVOKED' ? key.revocationReason : key.suspensionReason;
  return {
    keyUUID: key.keyUUID,
    keyName: key.keyName,
    apiName: key.apiName ?? null,
    apiUUID: key.apiId ?? null,
    applicationId: key.applicationId ?? null,
    applicationName: applicationName ?? null,
    keyType: key.keyType,
    status: key.status,
    ...(key.suspendedBy !== undefined && { suspendedBy: key.suspendedBy }),
    ...(reason !== undefined && { reason }),
    user: key.ownerName,
    owner: key.owner,
    createdOn: key.createdAt,
    issuedOn: key.issuedAt,
    expiresOn: key.expiresAt === undefined ? null : key.expiresAt * 1000,
    validityPeriod: key.validityPeriod,
    lastUsed: usage?.lastUsed ?? null,
  };
}
