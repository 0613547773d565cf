import type { Caller } from '../../core/http/caller.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { changeKey, suspendKey } from './change-key.ts';
import type { KeyPlace } from './key-reads.ts';
import type { Management } from '../frame/management.ts';

/** Suspends a key as an administrator: its owner cannot resume it. */
export async function suspendAnyKey(
  management: Management,
  caller: Caller,
  place: KeyPlace,
  reason: string,
): Promise<KeyItem> {
  return suspendKey(management, caller, place, undefined, {
    suspendedBy: 'administrator',
    suspensionReason: reason,
  });
}

/** Lets a key work again, whoever suspended it. */
export async function resumeAnyKey(
  management: Management,
  caller: Caller,
  place: KeyPlace,
): Promise<KeyItem> {
  return changeKey(management, caller, place, { action: 'key.resume', ifMatch: undefined }, (before) => ({
    ...withoutSuspension(before),
    status: 'ACTIVE',
  }));
}

function withoutSuspension({ suspendedBy, suspensionReason, ...key }: KeyItem): KeyItem {
  return key;
}
