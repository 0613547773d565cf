import type { Caller } from '../../core/http/caller.ts';
import type { KeyAction } from '../../contract/audit-entry.ts';
import { Fault } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { replace } from '../../platform/dynamodb/writes.ts';
import { auditEntry } from '../audit/audit.ts';
import { changeHolder } from '../links/holders.ts';
import {
  auditView,
  changedCredentialWrites,
  keyAttributes,
  keyKeyOf,
  keyReferenceWrite,
} from './key-items.ts';
import { getKey, type KeyPlace } from './key-reads.ts';
import { forceSuspension, type Suspension } from './force-suspension.ts';
import { ATTEMPTS_BEFORE_FORCE, retryOnConflict, UNYIELDING, type Management } from '../frame/management.ts';
import { refuseLargeMetadata } from '../owners/owner-limits.ts';
import { refuseUnenforceableReferrers } from '../gateway-cache/repeated-decisions.ts';
import { withValidity } from './with-validity.ts';

/** What of a key can change without a new value; what is absent stays. */
export type KeyChange = Partial<
  Pick<
    KeyItem,
    'keyName' | 'description' | 'metadata' | 'permittedIp' | 'permittedReferrer' | 'validityPeriod'
  >
>;

/**
 * Changes a key; the next request is decided by the new state.
 * @throws Fault `not_found`, `precondition_failed`; `conflict` for the expiry of an expired key, which can only be
 * regenerated; `bad_request` for an expiry that lies in the past, and for referrer rules that an API cannot enforce.
 */
export async function updateKey(
  management: Management,
  caller: Caller,
  place: KeyPlace,
  change: KeyChange,
  ifMatch?: IfMatch,
): Promise<KeyItem> {
  if (change.metadata !== undefined) refuseLargeMetadata(management, change.metadata);
  return changeKey(management, caller, place, { action: 'key.update', ifMatch }, (before, nowSeconds) => {
    if (change.validityPeriod === undefined) return { ...before, ...change };
    if (before.expiresAt !== undefined && before.expiresAt <= nowSeconds) {
      throw new Fault('conflict', 'The API key has expired. Regenerate it.');
    }
    const key = withValidity({ ...before, ...change }, before.issuedAt);
    if (key.expiresAt !== undefined && key.expiresAt <= nowSeconds) {
      throw new Fault('bad_request', 'The new expiry is in the past: revoke the key instead.', {
        problems: [
          { field: 'validityPeriod', message: 'counts from the time of issue and must end in the future' },
        ],
      });
    }
    // The value before ends with the key, whatever its grace period was.
    const { graced, expiresAt } = key;
    if (graced === undefined || expiresAt === undefined) return key;
    return { ...key, graced: { ...graced, endsAt: Math.min(graced.endsAt, expiresAt) } };
  });
}

/**
 * Lets a key refuse its calls until it is resumed, whoever else is changing it. Suspending it again changes nothing: it
 * does not undo that an administrator did.
 * @throws Fault `not_found`, `precondition_failed`.
 */
export async function suspendKey(
  management: Management,
  caller: Caller,
  place: KeyPlace,
  ifMatch?: IfMatch,
  suspension: Suspension = {},
): Promise<KeyItem> {
  return retryOnConflict(
    (triedBefore) =>
      ifMatch === undefined && triedBefore >= ATTEMPTS_BEFORE_FORCE
        ? forceSuspension(management, caller, place, suspension)
        : changeOnce(management, caller, place, { action: 'key.suspend', ifMatch }, (before) => ({
            ...before,
            ...suspension,
            status: 'SUSPENDED',
          })),
    UNYIELDING,
  );
}

/** Lets a suspended key work again. @throws Fault `conflict` when an administrator suspended it. */
export async function resumeKey(
  management: Management,
  caller: Caller,
  place: KeyPlace,
  ifMatch?: IfMatch,
): Promise<KeyItem> {
  return changeKey(management, caller, place, { action: 'key.resume', ifMatch }, (before) => {
    if (before.suspendedBy !== undefined) {
      throw new Fault(
        'conflict',
        'An administrator suspended the API key. Only administrators can resume it.',
      );
    }
    return { ...before, status: 'ACTIVE' };
  });
}

/**
 * Changes a key in one transaction with its credentials.
 * @param change makes the new state of the one that was read.
 */
export async function changeKey(
  management: Management,
  caller: Caller,
  place: KeyPlace,
  { action, ifMatch }: { readonly action: KeyAction; readonly ifMatch: IfMatch | undefined },
  change: (before: KeyItem, nowSeconds: number) => KeyItem,
): Promise<KeyItem> {
  return retryOnConflict(() => changeOnce(management, caller, place, { action, ifMatch }, change));
}

/** One attempt. @throws WriteConflict */
async function changeOnce(
  management: Management,
  caller: Caller,
  place: KeyPlace,
  { action, ifMatch }: { readonly action: KeyAction; readonly ifMatch: IfMatch | undefined },
  change: (before: KeyItem, nowSeconds: number) => KeyItem,
): Promise<KeyItem> {
  const before = await getKey(management, place);
  requireVersion(before.version, ifMatch);
  const now = management.clock();
  const key: KeyItem = { ...change(before, toEpochSeconds(now)), version: before.version + 1 };
  const hasNewReferrers =
    key.permittedReferrer !== before.permittedReferrer && key.permittedReferrer.length > 0;
  // An application that is written with new referrer rules of its key keeps subscriptions from slipping past them.
  const concernsHolder =
    key.expiresAt !== before.expiresAt || (hasNewReferrers && key.boundApplicationId !== undefined);
  const holder = concernsHolder ? await changeHolder(management, key, now, 'update') : undefined;
  if (hasNewReferrers) await refuseUnenforceableReferrers(management, key, holder?.subscriptions ?? {});
  await writeAll(management.store, [
    replace(keyKeyOf(key), before, keyAttributes(key)),
    keyReferenceWrite(key),
    // With a new expiry a credential comes along whose subscriptions an unsubscription may just have left out.
    ...changedCredentialWrites(key, holder?.subscriptions),
    ...(holder?.writes ?? []),
    auditEntry(caller, now, {
      action,
      resourceId: key.keyUUID,
      owner: key.owner,
      before: auditView(before),
      after: auditView(key),
    }),
  ]);
  return key;
}
