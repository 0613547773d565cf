import type { KeyAction } from '../../contract/audit-entry.ts';
import type { KeySnapshot } from '../../contract/audit-snapshots.ts';
import type { CredentialStatus } from '../../core/decision/credential.ts';
import { EXPIRED_KEY_RETENTION_SECONDS, expiryOf } from '../../core/keys/validity.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import {
  credentialItemKey,
  expiryListing,
  graceListing,
  keyItemKey,
  keyReferenceItemKey,
  listedByTime,
  LISTINGS,
  TTL_ATTRIBUTE,
  type ItemKey,
  type KeyScope,
} from '../../platform/dynamodb/keys.ts';
import { create, overwrite, replace, setAttributes, type Write } from '../../platform/dynamodb/writes.ts';
import type { AuditedAction } from '../audit/audit.ts';
import type { CredentialSubscriptions } from '../links/linked-credentials.ts';

/** All of a new key: its item, its look-up and the credential of its value. */
export function newKeyWrites(key: KeyItem, subscriptions: CredentialSubscriptions): Write[] {
  return [
    create(keyKeyOf(key), keyAttributes(key)),
    keyReferenceWrite(key),
    credentialWrite(key, subscriptions),
  ];
}

/** A new value for a key: the one before ends, or goes into its grace period, and one that was in it ends. */
export function regeneratedKeyWrites(
  before: KeyItem,
  after: KeyItem,
  subscriptions: CredentialSubscriptions,
  nowSeconds: number,
): Write[] {
  const ended = [
    ...(after.graced === undefined ? [before.digest] : []),
    ...(before.graced === undefined ? [] : [before.graced.digest]),
  ];
  return [
    ...ended.map((digest) => endedCredentialWrite(before, digest, 'REGENERATED', nowSeconds)),
    ...(after.graced === undefined ? [] : [gracedCredentialWrite(before, after.graced.endsAt)]),
    credentialWrite(after, subscriptions),
    replace(keyKeyOf(after), before, keyAttributes(after)),
    keyReferenceWrite(after),
  ];
}

/** A key that changes without a new value. `subscriptions`: those that its credentials get; absent: theirs stay. */
export function changedKeyWrites(
  before: KeyItem,
  after: KeyItem,
  subscriptions?: CredentialSubscriptions,
): Write[] {
  return [
    replace(keyKeyOf(after), before, keyAttributes(after)),
    keyReferenceWrite(after),
    ...changedCredentialWrites(after, subscriptions),
  ];
}

/** A key that gets an application, or loses it. */
export function reassociatedKeyWrites(
  before: KeyItem,
  after: KeyItem,
  subscriptions: CredentialSubscriptions,
): Write[] {
  return [
    replace(keyKeyOf(after), before, keyAttributes(after)),
    ...reassociatedCredentialWrites(after, after.applicationId, subscriptions),
  ];
}

/** Takes a key out of its application: the key's item, and what its credentials have from the link. */
export function dissociatedKeyWrites(key: KeyItem): Write[] {
  const { applicationId, ...rest } = key;
  return applicationId === undefined ? [] : reassociatedKeyWrites(key, rest, {});
}

/** The credential of a new value of a key. Fails the transaction when the value is known already. */
export function credentialWrite(key: KeyItem, subscriptions: CredentialSubscriptions): Write {
  return create(credentialItemKey(key.digest), {
    ...credentialAttributes(key, key.digest, key.status),
    ...(key.expiresAt !== undefined && { expiresAt: key.expiresAt }),
    ...(key.applicationId !== undefined && { applicationId: key.applicationId }),
    ...(key.ttl !== undefined && { [TTL_ATTRIBUTE]: key.ttl }),
    subscriptions,
  });
}

/**
 * Brings what the credentials of a key have from the key itself up to date; their subscriptions stay, or become
 * those given.
 */
function changedCredentialWrites(key: KeyItem, subscriptions?: CredentialSubscriptions): Write[] {
  const { keyName, status, permittedIp, permittedReferrer } = key;
  const shared = {
    keyName,
    status,
    permittedIp,
    permittedReferrer,
    ...(subscriptions !== undefined && { subscriptions }),
  };
  const own = { attribute: 'keyUUID', equals: key.keyUUID };
  const newest = { ...shared, expiresAt: key.expiresAt, [TTL_ATTRIBUTE]: key.ttl };
  return [
    setAttributes(credentialItemKey(key.digest), newest, own),
    ...(key.graced === undefined
      ? []
      : [
          setAttributes(
            credentialItemKey(key.graced.digest),
            { ...shared, ...gracedAttributes(key, key.graced.endsAt) },
            own,
          ),
        ]),
  ];
}

/** Gives the credentials of a key another application; `undefined`: none. Both values get the same. */
function reassociatedCredentialWrites(
  key: KeyItem,
  applicationId: string | undefined,
  subscriptions: CredentialSubscriptions,
): Write[] {
  const own = { attribute: 'keyUUID', equals: key.keyUUID };
  return digestsOf(key).map((digest) =>
    setAttributes(credentialItemKey(digest), { applicationId, subscriptions }, own),
  );
}

/** Lets the newest value of a key work on until `endsAt` (epoch seconds), beside the one that replaces it. */
function gracedCredentialWrite(key: KeyItem, endsAt: number): Write {
  return setAttributes(credentialItemKey(key.digest), gracedAttributes(key, endsAt), {
    attribute: 'keyUUID',
    equals: key.keyUUID,
  });
}

/** Listed by its end: what knows of the value by then must be told. An ended value is overwritten, and in no list. */
function gracedAttributes({ keyUUID }: KeyItem, endsAt: number): Record<string, unknown> {
  return {
    replacedAt: endsAt,
    ...graceListing(endsAt, keyUUID),
    [TTL_ATTRIBUTE]: endsAt + EXPIRED_KEY_RETENTION_SECONDS,
  };
}

/** What is left of a value that no longer works, so that its calls are told why. */
export function endedCredentialWrite(
  key: KeyItem,
  digest: string,
  status: Extract<CredentialStatus, 'REVOKED' | 'REGENERATED'>,
  nowSeconds: number,
): Write {
  return overwrite(credentialItemKey(digest), {
    ...credentialAttributes(key, digest, status),
    subscriptions: {},
    [TTL_ATTRIBUTE]: nowSeconds + EXPIRED_KEY_RETENTION_SECONDS,
  });
}

function credentialAttributes(
  key: KeyItem,
  digest: string,
  status: CredentialStatus,
): Record<string, unknown> {
  const { keyUUID, keyName, keyType, apiId, owner, permittedIp, permittedReferrer } = key;
  return {
    keyUUID,
    keyName,
    keyType,
    status,
    owner,
    permittedIp,
    permittedReferrer,
    issuedAt: digest === key.graced?.digest ? key.graced.issuedAt : key.issuedAt,
    ...(apiId !== undefined && { apiId }),
  };
}

/** The digests of the values that may still work. */
export function digestsOf({ digest, graced }: KeyItem): readonly string[] {
  return graced === undefined ? [digest] : [digest, graced.digest];
}

/**
 * Forgets a value whose grace period has ended: its credential refuses it already, will be deleted by its TTL, and
 * is no longer the key's to write.
 */
export function withoutEndedGrace(key: KeyItem, nowSeconds: number): KeyItem {
  const { graced, ...rest } = key;
  return graced === undefined || graced.endsAt > nowSeconds ? key : rest;
}

/** A key as it is stored, with its place among all keys; administrators find a revoked one there until its TTL. */
export function keyAttributes(key: KeyItem): Record<string, unknown> {
  return { ...key, ...listedByTime(LISTINGS.keys, key.createdAt, key.keyUUID) };
}

/** The look-up of a key by its id alone, listed by the day of its expiry as long as that can still come. */
export function keyReferenceWrite(key: KeyItem): Write {
  const { keyUUID, keyType, owner, apiId, boundApplicationId, status, expiresAt, ttl } = key;
  return overwrite(keyReferenceItemKey(keyUUID), {
    keyUUID,
    keyType,
    owner,
    ...(apiId !== undefined && { apiId }),
    ...(boundApplicationId !== undefined && { boundApplicationId }),
    ...(expiresAt !== undefined && status !== 'REVOKED' && expiryListing(expiresAt, keyUUID)),
    ...(ttl !== undefined && { [TTL_ATTRIBUTE]: ttl }),
  });
}

/** @throws Error for an item that names neither an API nor an application: nothing writes such a one. */
export function scopeOf({
  apiId,
  boundApplicationId,
}: Pick<KeyItem, 'apiId' | 'boundApplicationId'>): KeyScope {
  if (apiId !== undefined) return { apiId };
  if (boundApplicationId !== undefined) return { boundApplicationId };
  throw new Error('a stored key belongs neither to an API nor to an application');
}

export function keyKeyOf(key: KeyItem): ItemKey {
  return keyItemKey(key.owner, scopeOf(key), key.keyUUID);
}

/** What the audit trail shows of a key: no digest, or the trail could tell whether two values are the same. */
export function auditView({ digest, ttl, graced, isEnding, ...key }: KeyItem): KeySnapshot {
  return { ...key, ...(graced !== undefined && { graceEndsAt: graced.endsAt }) };
}

/** The entry of the audit trail about a key; `before` or `after` absent: there was or is none. */
export function keyAudit(
  action: KeyAction,
  { keyUUID, owner }: KeyItem,
  { before, after }: { readonly before?: KeyItem; readonly after?: KeyItem },
): AuditedAction {
  return {
    action,
    resourceId: keyUUID,
    owner,
    ...(before !== undefined && { before: auditView(before) }),
    ...(after !== undefined && { after: auditView(after) }),
  };
}

/** Sets expiry and TTL of a key from its validity period, counted from `issuedAt` (milliseconds since the epoch). */
export function withValidity(key: KeyItem, issuedAt: number): KeyItem {
  const { expiresAt: oldExpiry, ttl: oldTtl, ...rest } = key;
  const expiresAt = expiryOf(toEpochSeconds(issuedAt), key.validityPeriod);
  return expiresAt === undefined
    ? rest
    : { ...rest, expiresAt, ttl: expiresAt + EXPIRED_KEY_RETENTION_SECONDS };
}
