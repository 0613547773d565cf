import { notFound } from '../../core/http/fault.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { CredentialItem } from '../../platform/dynamodb/items.ts';
import { credentialItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { withApplications, type KeyOfAnyOwner } from './all-keys.ts';
import { findKeyPlace, readKey } from './key-reads.ts';
import { readUsage } from '../usage/key-usage.ts';
import type { TableAccess } from '../frame/management.ts';

/** State of one value of a key. */
export const VALUE_STATES = ['ACTIVE', 'SUSPENDED', 'EXPIRED', 'REGENERATED', 'REVOKED'] as const;
export type ValueState = (typeof VALUE_STATES)[number];

/** Times in milliseconds since the epoch. */
export interface LookedUpKey {
  readonly key: KeyOfAnyOwner;
  readonly value: { readonly state: ValueState; readonly issuedOn: number; readonly endsOn: number | null };
}

/**
 * Finds the key of any owner that a value belongs to, by the SHA-256 of the value; revoked and replaced values as long as
 * they are kept. @throws Fault `not_found`
 */
export async function lookUpValue(access: TableAccess, digest: string): Promise<LookedUpKey> {
  const credential = await readItem(access.store, credentialItemKey(digest), CredentialItem);
  if (credential === undefined) throw notFound('API key');
  const { keyUUID, status, issuedAt, expiresAt, replacedAt } = credential;
  const ends = Math.min(expiresAt ?? Infinity, replacedAt ?? Infinity);
  const hasEnded = ends <= toEpochSeconds(access.clock());
  return {
    key: await getAnyKey(access, keyUUID),
    value: {
      state: hasEnded && status !== 'REVOKED' ? endedState(replacedAt === ends) : status,
      issuedOn: issuedAt,
      endsOn: ends === Infinity ? null : ends * 1000,
    },
  };
}

function endedState(wasReplaced: boolean): ValueState {
  return wasReplaced ? 'REGENERATED' : 'EXPIRED';
}

/** A key of any owner, revoked or not. @throws Fault `not_found` */
export async function getAnyKey(access: TableAccess, keyUUID: string): Promise<KeyOfAnyOwner> {
  const key = await readKey(access, await findKeyPlace(access, keyUUID));
  if (key === undefined) throw notFound('API key');
  const [view] = await withApplications(access, [key], await readUsage(access, [key]));
  if (view === undefined) throw notFound('API key');
  return view;
}
