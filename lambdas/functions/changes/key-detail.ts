import { z } from 'zod';
import { KEY_TYPES } from '../../core/decision/credential.ts';
import { isoOfSeconds } from '../../core/general/utc.ts';
import type { AuditItem } from '../../platform/dynamodb/items.ts';

/** The details of a key in an event, from the audit trail and the table. */
const KeyState = z.object({
  keyUUID: z.string(),
  keyName: z.string(),
  keyType: z.enum(KEY_TYPES),
  status: z.string(),
  ownerName: z.string(),
  apiId: z.string().exactOptional(),
  apiName: z.string().exactOptional(),
  applicationId: z.string().exactOptional(),
  /** Seconds since the epoch. */
  expiresAt: z.number().exactOptional(),
  graceEndsAt: z.number().exactOptional(),
  reason: z.string().exactOptional(),
  suspensionReason: z.string().exactOptional(),
});
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
] as const;

/** The part of an event that tells of the key. */
export function keyDetail({ action, before, after }: AuditItem): Readonly<Record<string, unknown>> {
  // An entry of an end tells only what is new: the rest stands in the state before.
  const state = after !== undefined && 'keyUUID' in after ? after : { ...before, ...after };
  return {
    ...keyFields(KeyState.parse(state)),
    ...(action === 'key.update' && {
      changed: CHANGEABLE.filter((name) => !isSame(before?.[name], after?.[name])),
    }),
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

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
