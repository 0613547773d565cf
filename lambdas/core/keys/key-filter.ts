import type { CredentialStatus, KeyType } from '../decision/credential.ts';

/** The states that keys can be looked for by. A key that has expired is not looked for as an active one. */
export const KEY_STATES = ['ACTIVE', 'SUSPENDED', 'EXPIRED', 'REVOKED'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** Selects keys: those that match every given part. All times are milliseconds since the epoch. */
export interface KeyFilter {
  /** Subject or name. */
  readonly owner?: string;
  readonly applicationId?: string;
  readonly apiId?: string;
  readonly keyType?: KeyType;
  readonly status?: KeyState;
  /** Beginning of the name; case does not matter. */
  readonly name?: string;
  readonly createdAfter?: number;
  readonly createdBefore?: number;
  /** Keys that were used at all. */
  readonly usedAfter?: number;
  readonly usedBefore?: number;
  /** Last used, or if never used created, before then. */
  readonly unusedSince?: number;
  readonly expiresAfter?: number;
  readonly expiresBefore?: number;
  /** An address that calls came from, on the days since `calledSince`. */
  readonly calledFrom?: string;
  readonly calledSince?: number;
}

/** The fields of a key that the filter reads. */
export interface FilteredKey {
  readonly keyName: string;
  readonly keyType: KeyType;
  readonly status: CredentialStatus;
  readonly owner: string;
  readonly ownerName: string;
  readonly apiId?: string;
  readonly applicationId?: string;
  readonly createdAt: number;
  /** Seconds since the epoch. */
  readonly expiresAt?: number;
}

/** Whether a key matches the filter by its own fields. */
export function fitsKey(key: FilteredKey, filter: KeyFilter, now: number): boolean {
  const { owner, applicationId, apiId, keyType, status, name } = filter;
  const expiresAt = key.expiresAt === undefined ? Infinity : key.expiresAt * 1000;
  return (
    (owner === undefined || owner === key.owner || owner === key.ownerName) &&
    (applicationId === undefined || applicationId === key.applicationId) &&
    (apiId === undefined || apiId === key.apiId) &&
    (keyType === undefined || keyType === key.keyType) &&
    (name === undefined || key.keyName.toLowerCase().startsWith(name.toLowerCase())) &&
    (status === undefined || isIn(status, key.status, expiresAt <= now)) &&
    isBetween(key.createdAt, filter.createdAfter, filter.createdBefore) &&
    isBetween(expiresAt, filter.expiresAfter, filter.expiresBefore) &&
    // A key that never expires is in no span of expiries.
    (expiresAt !== Infinity || filter.expiresAfter === undefined)
  );
}

/** Whether a key matches the filter by when it was last used; `undefined`: never. */
export function fitsUse(key: FilteredKey, lastUsed: number | undefined, filter: KeyFilter): boolean {
  const { usedAfter, usedBefore, unusedSince = Infinity } = filter;
  if (lastUsed === undefined && (usedAfter ?? usedBefore) !== undefined) return false;
  return isBetween(lastUsed ?? 0, usedAfter, usedBefore) && (lastUsed ?? key.createdAt) < unusedSince;
}

function isIn(wanted: KeyState, status: CredentialStatus, hasExpired: boolean): boolean {
  if (wanted === 'EXPIRED') return hasExpired && status !== 'REVOKED';
  return status === wanted && !(wanted === 'ACTIVE' && hasExpired);
}

/** From `after` on and before `before`. */
function isBetween(at: number, after = -Infinity, before = Infinity): boolean {
  return at >= after && (before === Infinity || at < before);
}
