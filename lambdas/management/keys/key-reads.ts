import type { KeyType } from '../../core/decision/credential.ts';
import { notFound } from '../../core/http/fault.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
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
import type { Reads } from '../frame/snapshot.ts';
import { scopeOf, withoutEndedGrace } from './key-items.ts';

/** Which key, and whose. */
export interface KeyPlace {
  readonly owner: string;
  readonly scope: KeyScope;
  readonly keyUUID: string;
  /** Only a key of this environment is meant. */
  readonly keyType?: KeyType;
}

/** A key of any owner, by its id alone. */
export interface AnyKey {
  readonly keyUUID: string;
}

/** The owner's keys that have not been revoked, of one API or application, oldest first, expired ones included. */
export async function listKeys(read: Reads, owner: string, scope: KeyScope): Promise<readonly KeyItem[]> {
  return inOrder(
    read.now,
    await read.partition({ pk: ownerPartition(owner), prefix: keyPrefix(scope) }, KeyItem),
  );
}

/** All keys of an owner that have not been revoked. */
export async function listKeysOf(read: Reads, owner: string): Promise<readonly KeyItem[]> {
  const pk = ownerPartition(owner);
  const lists = await Promise.all(
    [ALL_API_KEYS_PREFIX, ALL_APPLICATION_KEYS_PREFIX].map((prefix) =>
      read.partition({ pk, prefix }, KeyItem),
    ),
  );
  return inOrder(read.now, lists.flat());
}

function inOrder(now: number, keys: readonly KeyItem[]): readonly KeyItem[] {
  const nowSeconds = toEpochSeconds(now);
  return keys
    .filter(({ status }) => status !== 'REVOKED')
    .map((key) => withoutEndedGrace(key, nowSeconds))
    .sort((one, other) => one.createdAt - other.createdAt || one.keyUUID.localeCompare(other.keyUUID));
}

/** @throws Fault `not_found` for a key that is revoked, gone, another's, or of another API or application. */
export async function getKey(read: Reads, place: KeyPlace | AnyKey): Promise<KeyItem> {
  const key = await readKey(read, place);
  if (key === undefined || key.status === 'REVOKED') throw notFound('API key');
  return key;
}

/** Whether a key is revoked, and nothing of it is left to be ended. */
export function isRevoked({ status, isEnding }: Pick<KeyItem, 'status' | 'isEnding'>): boolean {
  return status === 'REVOKED' && isEnding === undefined;
}

/**
 * Reads a key, revoked or not; `undefined` when there is none.
 * @throws Fault `not_found` for an id of none.
 */
export async function readKey(read: Reads, place: KeyPlace | AnyKey): Promise<KeyItem | undefined> {
  const { owner, scope, keyUUID, keyType } =
    'scope' in place ? place : { ...(await findKeyPlace(read, place.keyUUID)), keyType: undefined };
  const key = await read.item(keyItemKey(owner, scope, keyUUID), KeyItem);
  if (key === undefined || (keyType !== undefined && key.keyType !== keyType)) return undefined;
  return withoutEndedGrace(key, toEpochSeconds(read.now));
}

/** Finds a key by its id alone. @throws Fault `not_found` */
export async function findKeyPlace({ loosely }: Reads, keyUUID: string): Promise<KeyPlace> {
  const reference = await loosely.item(keyReferenceItemKey(keyUUID), KeyReferenceItem);
  if (reference === undefined) throw notFound('API key');
  return { owner: reference.owner, scope: scopeOf(reference), keyUUID };
}

/** The id of the key that a value belongs to, by the SHA-256 of it, ended or not. @throws Fault `not_found` */
export async function findKeyByDigest({ loosely }: Reads, digest: string): Promise<string> {
  const credential = await loosely.item(credentialItemKey(digest), CredentialItem);
  if (credential === undefined) throw notFound('API key');
  return credential.keyUUID;
}

/** The same for a value that still works, or is suspended; `undefined` when there is none. */
export async function findKeyByLiveDigest(
  { loosely, now }: Reads,
  digest: string,
): Promise<string | undefined> {
  const credential = await loosely.item(credentialItemKey(digest), CredentialItem);
  if (credential === undefined) return undefined;
  const { keyUUID, status, expiresAt = Infinity, replacedAt = Infinity } = credential;
  const hasEnded = Math.min(expiresAt, replacedAt) <= toEpochSeconds(now);
  return status === 'REVOKED' || status === 'REGENERATED' || hasEnded ? undefined : keyUUID;
}
