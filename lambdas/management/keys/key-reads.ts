import { notFound } from '../../core/http/fault.ts';
import { toEpochSeconds, type Clock } from '../../platform/clock.ts';
import { CredentialItem, KeyItem, KeyReferenceItem } from '../../platform/dynamodb/items.ts';
import {
  ALL_API_KEYS_PREFIX,
  ALL_APPLICATION_KEYS_PREFIX,
  credentialItemKey,
  keyItemKey,
  keyPrefix,
  keyReferenceItemKey,
  ownerPartition,
  type KeyScope,
} from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { readPartition } from '../../platform/dynamodb/read-partitions.ts';
import { scopeOf, withoutEndedGrace } from './key-items.ts';
import type { TableAccess } from '../frame/management.ts';

/** Which key, and whose. */
export interface KeyPlace {
  readonly owner: string;
  readonly scope: KeyScope;
  readonly keyUUID: string;
}

/** The owner's keys that have not been revoked, of one API or application, oldest first, expired ones included. */
export async function listKeys(
  { store, clock }: TableAccess,
  owner: string,
  scope: KeyScope,
): Promise<readonly KeyItem[]> {
  return inOrder(
    clock,
    await readPartition(store, { pk: ownerPartition(owner), prefix: keyPrefix(scope) }, KeyItem),
  );
}

/** All keys of an owner that have not been revoked. */
export async function listKeysOf({ store, clock }: TableAccess, owner: string): Promise<readonly KeyItem[]> {
  const pk = ownerPartition(owner);
  const lists = await Promise.all(
    [ALL_API_KEYS_PREFIX, ALL_APPLICATION_KEYS_PREFIX].map((prefix) =>
      readPartition(store, { pk, prefix }, KeyItem),
    ),
  );
  return inOrder(clock, lists.flat());
}

function inOrder(clock: Clock, keys: readonly KeyItem[]): readonly KeyItem[] {
  const nowSeconds = toEpochSeconds(clock());
  return keys
    .filter(({ status }) => status !== 'REVOKED')
    .map((key) => withoutEndedGrace(key, nowSeconds))
    .sort((one, other) => one.createdAt - other.createdAt || one.keyUUID.localeCompare(other.keyUUID));
}

/** @throws Fault `not_found` for a key that is revoked, gone, another's, or of another API or application. */
export async function getKey(management: TableAccess, place: KeyPlace): Promise<KeyItem> {
  const key = await readKey(management, place);
  if (key === undefined || key.status === 'REVOKED') throw notFound('API key');
  return key;
}

/** The same, but finds also a key whose revocation has not come to its end. @throws Fault `not_found` */
export async function getRevocableKey(management: TableAccess, place: KeyPlace): Promise<KeyItem> {
  const key = await readKey(management, place);
  if (key === undefined || isRevoked(key)) throw notFound('API key');
  return key;
}

/** Whether a key is revoked, and nothing of it is left to be ended. */
export function isRevoked({ status, isEnding }: Pick<KeyItem, 'status' | 'isEnding'>): boolean {
  return status === 'REVOKED' && isEnding === undefined;
}

/** Reads a key, revoked or not; `undefined` when there is none. */
export async function readKey(
  { store, clock }: TableAccess,
  { owner, scope, keyUUID }: KeyPlace,
): Promise<KeyItem | undefined> {
  const key = await readItem(store, keyItemKey(owner, scope, keyUUID), KeyItem);
  return key === undefined ? undefined : withoutEndedGrace(key, toEpochSeconds(clock()));
}

/** Finds a key by its id alone: for administrators. @throws Fault `not_found` */
export async function findKeyPlace({ store }: TableAccess, keyUUID: string): Promise<KeyPlace> {
  const reference = await readItem(store, keyReferenceItemKey(keyUUID), KeyReferenceItem);
  if (reference === undefined) throw notFound('API key');
  return { owner: reference.owner, scope: scopeOf(reference), keyUUID };
}

/** Finds a key by the SHA-256 of one of its values, ended or not. @throws Fault `not_found` */
export async function findKeyByDigest(management: TableAccess, digest: string): Promise<KeyPlace> {
  const credential = await readItem(management.store, credentialItemKey(digest), CredentialItem);
  if (credential === undefined) throw notFound('API key');
  return findKeyPlace(management, credential.keyUUID);
}

/** Finds a key by the SHA-256 of a value that still works, or is suspended; `undefined` when there is none. */
export async function findKeyByLiveDigest(
  management: TableAccess,
  digest: string,
): Promise<KeyPlace | undefined> {
  const credential = await readItem(management.store, credentialItemKey(digest), CredentialItem);
  if (credential === undefined) return undefined;
  const { keyUUID, status, expiresAt = Infinity, replacedAt = Infinity } = credential;
  const nowSeconds = toEpochSeconds(management.clock());
  if (status === 'REVOKED' || status === 'REGENERATED' || Math.min(expiresAt, replacedAt) <= nowSeconds) {
    return undefined;
  }
  return findKeyPlace(management, keyUUID);
}
