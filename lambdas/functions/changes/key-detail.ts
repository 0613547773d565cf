import { z } from 'zod';
import { changedFields, readLatest } from '../../contract/audit-entry.ts';
import { KeySnapshot } from '../../contract/audit-snapshots.ts';
import { isoOfSeconds } from '../../core/general/utc.ts';
import type { AuditItem } from '../../platform/dynamodb/items.ts';

/** The details of a key in an event, from the audit trail and the table; `reason`: of an end. */
const KeyState = KeySnapshot.pick({
  keyUUID: true,
  keyName: true,
  keyType: true,
  status: true,
  ownerName: true,
  apiId: true,
  apiName: true,
  applicationId: true,
  expiresAt: true,
  graceEndsAt: true,
  suspensionReason: true,
}).extend({ reason: z.string().exactOptional() });
export type KeyState = Readonly<z.infer<typeof KeyState>>;

/** The fields of a key that its owner can change. An event names those that changed. */
const CHANGEABLE = [
  'keyName',
  'description',
  'metadata',
  'permittedIp',
  'permittedReferrer',
  'validityPeriod',
  'expiresAt',
] as const satisfies readonly (keyof KeySnapshot)[];

/** The part of an event that tells of the key. */
export function keyDetail(entry: AuditItem): Readonly<Record<string, unknown>> {
  return {
    ...keyFields(readLatest(KeyState, entry)),
    ...(entry.action === 'key.update' && { changed: changedFields(CHANGEABLE, entry) }),
  };
}

export function keyFields({
  expiresAt,
  graceEndsAt,
  suspensionReason,
  ...state
}: KeyState): Readonly<Record<string, unknown>> {
  return {
    ...state,
    ...(suspensionReason !== undefined && { reason: state.reason ?? suspensionReason }),
    ...(expiresAt !== undefined && { expiresOn: isoOfSeconds(expiresAt) }),
    ...(graceEndsAt !== undefined && { graceEndsOn: isoOfSeconds(graceEndsAt) }),
  };
}
