import { randomUUID } from 'node:crypto';
import type { Caller } from '../core/caller.ts';
import type { KeyType } from '../core/credential.ts';
import { notFound } from '../core/fault.ts';
import { createKeyValue, digestKeyValue } from '../core/key-value.ts';
import { withKey, withoutKey, type Link, type LinkedKey } from '../core/link.ts';
import { EXPIRED_KEY_RETENTION_SECONDS, expiryOf } from '../core/validity.ts';
import { toEpochSeconds } from '../platform/clock.ts';
import { KeyItem, KeyReferenceItem } from '../platform/dynamodb/items.ts';
import { keyKey, keyPrefix, keyReferenceKey, ownerPartition } from '../platform/dynamodb/keys.ts';
import { readItem, readPartition, writeAll } from '../platform/dynamodb/store.ts';
import { create, replace, type Write } from '../platform/dynamodb/writes.ts';
import { getApi } from './apis.ts';
import { getApplication } from './applications.ts';
import { auditEntry } from './audit.ts';
import {
  credentialWrite,
  endedCredentialWrite,
  keyAttributes,
  keyKeyOf,
  keyReferenceWrite,
} from './credential-items.ts';
import { linkWrites, readLink } from './links.ts';
import { retryOnConflict, type Management } from './management.ts';

/** What a developer decides about a new key. The restrictions are canonical rules. */
export interface KeyInput {
  /** Absent: made from the key's id. */
  readonly keyName?: string;
  readonly keyType: KeyType;
  readonly validityPeriod: number;
  readonly permittedIp: readonly string[];
  readonly permittedReferrer: readonly string[];
}

/** A key with its plain value, which is kept nowhere: this is the one time that it can be shown. */
export interface IssuedKey {
  readonly key: KeyItem;
  readonly value: string;
}

/** Generates a key for an API. It opens a subscription-enabled API once it is associated with a subscriber. */
export async function issueKey(
  management: Management,
  caller: Caller,
  apiId: string,
  input: KeyInput,
): Promise<IssuedKey> {
  const { store, clock } = management;
  const api = await getApi(management, apiId);
  const now = clock();
  const keyUUID = randomUUID();
  const value = createKeyValue(management.keyPrefix, input.keyType);
  const key: KeyItem = withValidity(
    {
      keyUUID,
      keyName: input.keyName ?? `key-${keyUUID.slice(0, 8)}`,
      keyType: input.keyType,
      status: 'ACTIVE',
      apiId,
      apiName: api.name,
      owner: caller.subject,
      ownerName: caller.name,
      digest: digestKeyValue(value),
      validityPeriod: input.validityPeriod,
      createdAt: now,
      issuedAt: now,
      permittedIp: [...input.permittedIp],
      permittedReferrer: [...input.permittedReferrer],
      version: 1,
    },
    now,
  );
  await writeAll(store, [
    create(keyKeyOf(key), keyAttributes(key)),
    keyReferenceWrite(key),
    credentialWrite(key, undefined),
    auditEntry(caller, now, {
      action: 'key.generate',
      resourceId: keyUUID,
      owner: key.owner,
      after: auditView(key),
    }),
  ]);
  return { key, value };
}

/** The owner's keys of an API that have not been revoked, oldest first, expired ones included. */
export async function listKeys(
  management: Management,
  owner: string,
  apiId: string,
): Promise<readonly KeyItem[]> {
  await getApi(management, apiId);
  const keys = await readPartition(
    management.store,
    { pk: ownerPartition(owner), prefix: keyPrefix(apiId) },
    KeyItem,
  );
  return keys
    .filter(({ status }) => status === 'ACTIVE')
    .sort((one, other) => one.createdAt - other.createdAt || one.keyUUID.localeCompare(other.keyUUID));
}

/**
 * Issues a new value. The old one stops working at the same instant; name, type, restrictions and association
 * stay; the validity period starts again.
 */
export async function regenerateKey(
  management: Management,
  caller: Caller,
  apiId: string,
  keyUUID: string,
): Promise<IssuedKey> {
  await getApi(management, apiId);
  return retryOnConflict(async () => {
    const before = await getKey(management, caller.subject, apiId, keyUUID);
    const now = management.clock();
    const value = createKeyValue(management.keyPrefix, before.keyType);
    const key = withValidity({ ...before, digest: digestKeyValue(value), issuedAt: now }, now);
    const change = await relink(management, key, now, (link) => withKey(link, keyUUID, linkedKeyOf(key)));
    await writeAll(management.store, [
      endedCredentialWrite(before, 'REGENERATED', toEpochSeconds(now)),
      credentialWrite(key, change?.link),
      replace(keyKeyOf(key), before, keyAttributes(key)),
      keyReferenceWrite(key),
      ...(change?.writes ?? []),
      auditEntry(caller, now, {
        action: 'key.regenerate',
        resourceId: keyUUID,
        owner: key.owner,
        before: auditView(before),
        after: auditView(key),
      }),
    ]);
    return { key, value };
  });
}

/** Revokes a key of the caller. Revoking it again changes nothing. */
export async function revokeKey(
  management: Management,
  caller: Caller,
  apiId: string,
  keyUUID: string,
): Promise<void> {
  await endKey(management, caller, { owner: caller.subject, apiId }, keyUUID);
}

/** Revokes any key: for administrators. */
export async function revokeAnyKey(management: Management, caller: Caller, keyUUID: string): Promise<void> {
  const reference = await readItem(management.store, keyReferenceKey(keyUUID), KeyReferenceItem);
  if (reference === undefined) throw notFound('API key');
  await endKey(management, caller, reference, keyUUID);
}

async function endKey(
  management: Management,
  caller: Caller,
  { owner, apiId }: { readonly owner: string; readonly apiId: string },
  keyUUID: string,
): Promise<void> {
  await retryOnConflict(async () => {
    const before = await readItem(management.store, keyKey(owner, apiId, keyUUID), KeyItem);
    if (before === undefined) throw notFound('API key');
    if (before.status === 'REVOKED') return;
    const now = management.clock();
    const nowSeconds = toEpochSeconds(now);
    const ttl = nowSeconds + EXPIRED_KEY_RETENTION_SECONDS;
    const key: KeyItem = { ...before, status: 'REVOKED', ttl };
    const change = await relink(management, before, now, (link) => withoutKey(link, keyUUID));
    await writeAll(management.store, [
      endedCredentialWrite(before, 'REVOKED', nowSeconds),
      replace(keyKeyOf(key), before, keyAttributes(key)),
      keyReferenceWrite(key),
      ...(change?.writes ?? []),
      auditEntry(caller, now, {
        action: 'key.revoke',
        resourceId: keyUUID,
        owner,
        before: auditView(before),
        after: auditView(key),
      }),
    ]);
  });
}

/** @throws Fault `not_found` for a key that is revoked, gone, another's, or of another API. */
export async function getKey(
  { store }: Management,
  owner: string,
  apiId: string,
  keyUUID: string,
): Promise<KeyItem> {
  const key = await readItem(store, keyKey(owner, apiId, keyUUID), KeyItem);
  if (key?.status !== 'ACTIVE') throw notFound('API key');
  return key;
}

/** The change of the link of an associated key; `undefined` for a key without application. */
async function relink(
  management: Management,
  key: KeyItem,
  now: number,
  change: (link: Link) => Link,
): Promise<{ readonly link: Link; readonly writes: Write[] } | undefined> {
  if (key.applicationId === undefined) return undefined;
  const application = await getApplication(management, key.owner, key.applicationId);
  const before = await readLink(management, key.owner, key.applicationId, key.apiId);
  const link = change(before);
  return { link, writes: linkWrites(before, link, application, now) };
}

/** What a link holds of a key. */
export function linkedKeyOf({ digest, expiresAt }: KeyItem): LinkedKey {
  return { digest, ...(expiresAt !== undefined && { expiresAtEpochSeconds: expiresAt }) };
}

function withValidity(key: KeyItem, now: number): KeyItem {
  const { expiresAt: oldExpiry, ttl: oldTtl, ...rest } = key;
  const expiresAt = expiryOf(toEpochSeconds(now), key.validityPeriod);
  return expiresAt === undefined
    ? rest
    : { ...rest, expiresAt, ttl: expiresAt + EXPIRED_KEY_RETENTION_SECONDS };
}

/** What the audit trail shows of a key: no digest, or the trail could tell whether two values are the same. */
export function auditView({ digest, ttl, ...key }: KeyItem): Record<string, unknown> {
  return key;
}
