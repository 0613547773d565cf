import { notFound } from '../../core/http/fault.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { ApplicationItem, CredentialItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { applicationItemKey, credentialItemKey } from '../../platform/dynamodb/keys.ts';
import type { KeyOfAnyOwner } from './all-keys.ts';
import { readKey } from './key-reads.ts';
import { readUsage } from '../usage/key-usage.ts';
import type { Reads } from '../frame/snapshot.ts';

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
export async function lookUpValue(read: Reads, digest: string): Promise<LookedUpKey> {
  const credential = await read.item(credentialItemKey(digest), CredentialItem);
  if (credential === undefined) throw notFound('API key');
  const { keyUUID, status, issuedAt, expiresAt, replacedAt } = credential;
  const ends = Math.min(expiresAt ?? Infinity, replacedAt ?? Infinity);
  const hasEnded = ends <= toEpochSeconds(read.now);
  return {
    key: await getAnyKey(read, keyUUID),
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
async function getAnyKey(read: Reads, keyUUID: string): Promise<KeyOfAnyOwner> {
  const key = await readKey(read, { keyUUID });
  if (key === undefined) throw notFound('API key');
  return (await describeAnyKey(read, key))(key);
}

/** Reads what administrators see beside a key. */
export async function describeAnyKey(
  { loosely }: Reads,
  { owner, applicationId, keyUUID }: KeyItem,
): Promise<(key: KeyItem) => KeyOfAnyOwner> {
  const [application, usage] = await Promise.all([
    applicationId === undefined
      ? undefined
      : loosely.item(applicationItemKey(owner, applicationId), ApplicationItem),
    readUsage(loosely, [{ keyUUID }]),
  ]);
  return (key) => ({
    key,
    usage: usage.get(keyUUID),
    ...(application !== undefined && { applicationName: application.name }),
  });
}
