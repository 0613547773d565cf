import type { CredentialStatus } from '../core/credential.ts';
import type { Link } from '../core/link.ts';
import { EXPIRED_KEY_RETENTION_SECONDS } from '../core/validity.ts';
import type { KeyItem } from '../platform/dynamodb/items.ts';
import {
  credentialKey,
  keyKey,
  keyListing,
  keyReferenceKey,
  TTL_ATTRIBUTE,
} from '../platform/dynamodb/keys.ts';
import { overwrite, type Write } from '../platform/dynamodb/writes.ts';
import { subscriptionAttributes } from './links.ts';

/** The credential of the live value of a key: its own part and the part that comes from its link. */
export function credentialWrite(key: KeyItem, link: Link | undefined): Write {
  const item = {
    ...credentialAttributes(key, key.status),
    ...(link !== undefined && { applicationId: link.applicationId, ...subscriptionAttributes(link) }),
    ...(key.ttl !== undefined && { [TTL_ATTRIBUTE]: key.ttl }),
  };
  return overwrite(credentialKey(key.digest), item);
}

/** What is left of a value that no longer works, so that its calls are told why. */
export function endedCredentialWrite(
  key: KeyItem,
  status: Exclude<CredentialStatus, 'ACTIVE'>,
  nowSeconds: number,
): Write {
  return overwrite(credentialKey(key.digest), {
    ...credentialAttributes(key, status),
    [TTL_ATTRIBUTE]: nowSeconds + EXPIRED_KEY_RETENTION_SECONDS,
  });
}

function credentialAttributes(key: KeyItem, status: CredentialStatus): Record<string, unknown> {
  const { keyUUID, keyName, keyType, apiId, owner, permittedIp, permittedReferrer, expiresAt } = key;
  return {
    keyUUID,
    keyName,
    keyType,
    status,
    apiId,
    owner,
    permittedIp,
    permittedReferrer,
    ...(expiresAt !== undefined && { expiresAt }),
  };
}

/** A key as it is stored, with its place among all live keys: a revoked key is in no list. */
export function keyAttributes(key: KeyItem): Record<string, unknown> {
  return { ...key, ...(key.status === 'ACTIVE' && keyListing(key.createdAt, key.keyUUID)) };
}

/** The look-up of a key by its id alone. */
export function keyReferenceWrite({ keyUUID, owner, apiId, ttl }: KeyItem): Write {
  return overwrite(keyReferenceKey(keyUUID), {
    owner,
    apiId,
    ...(ttl !== undefined && { [TTL_ATTRIBUTE]: ttl }),
  });
}

export function keyKeyOf({ owner, apiId, keyUUID }: KeyItem): ReturnType<typeof keyKey> {
  return keyKey(owner, apiId, keyUUID);
}
