import type { KeyAction } from '../../contract/audit-entry.ts';
import { Fault } from '../../core/http/fault.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import type { Plan } from '../frame/change.ts';
import type { Management } from '../frame/management.ts';
import { refuseUnenforceableReferrers } from '../gateway-cache/repeated-decisions.ts';
import { changeHolder } from '../links/key-holder.ts';
import { refuseLargeMetadata } from '../owners/owner-limits.ts';
import { changedKeyWrites, keyAudit, withValidity } from './key-items.ts';
import { getKey, type AnyKey, type KeyPlace } from './key-reads.ts';

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
export function updateKey(
  settings: Pick<Management, 'ownerLimits'>,
  place: KeyPlace,
  change: KeyChange,
): Plan<KeyItem> {
  const plan = changeKey(place, 'key.update', (before, nowSeconds) => changed(before, change, nowSeconds));
  return async (read) => {
    if (change.metadata !== undefined) refuseLargeMetadata(settings, change.metadata);
    return plan(read);
  };
}

function changed(before: KeyItem, change: KeyChange, nowSeconds: number): KeyItem {
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
  // The previous value ends with the key, whatever its grace period was.
  const { graced, expiresAt } = key;
  if (graced === undefined || expiresAt === undefined) return key;
  return { ...key, graced: { ...graced, endsAt: Math.min(graced.endsAt, expiresAt) } };
}

/** Lets a suspended key work again. @throws Fault `conflict` when an administrator suspended it. */
export function resumeKey(place: KeyPlace): Plan<KeyItem> {
  return changeKey(place, 'key.resume', (before) => {
    if (before.suspendedBy !== undefined) {
      throw new Fault(
        'conflict',
        'An administrator suspended the API key. Only administrators can resume it.',
      );
    }
    return { ...before, status: 'ACTIVE' };
  });
}

/** The same, whoever suspended it: for administrators. */
export function resumeAnyKey(place: AnyKey): Plan<KeyItem> {
  return changeKey(place, 'key.resume', ({ suspendedBy, suspensionReason, ...before }) => ({
    ...before,
    status: 'ACTIVE',
  }));
}

/**
 * Changes a key in one transaction with its credentials.
 * @param change makes the new state of the one that was read.
 */
export function changeKey(
  place: KeyPlace | AnyKey,
  action: KeyAction,
  change: (before: KeyItem, nowSeconds: number) => KeyItem,
): Plan<KeyItem> {
  return async (read) => {
    const before = await getKey(read, place);
    read.requireVersion(before.version);
    const key: KeyItem = { ...change(before, toEpochSeconds(read.now)), version: before.version + 1 };
    const hasNewReferrers =
      key.permittedReferrer !== before.permittedReferrer && key.permittedReferrer.length > 0;
    // An application that is written with new referrer rules of its key keeps subscriptions from slipping past them.
    const concernsHolder =
      key.expiresAt !== before.expiresAt || (hasNewReferrers && key.boundApplicationId !== undefined);
    const holder = concernsHolder ? await changeHolder(read, key, 'update') : undefined;
    if (hasNewReferrers) await refuseUnenforceableReferrers(read.loosely, key, holder?.subscriptions ?? {});
    return {
      result: key,
      writes: [
        // With a new expiry a credential comes along whose subscriptions an unsubscription may just have left out.
        ...changedKeyWrites(before, key, holder?.subscriptions),
        ...(holder?.writes ?? []),
      ],
      audit: keyAudit(action, key, { before, after: key }),
    };
  };
}
