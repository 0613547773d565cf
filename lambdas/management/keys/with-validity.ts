import { EXPIRED_KEY_RETENTION_SECONDS, expiryOf } from '../../core/keys/validity.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';

/** Sets expiry and TTL of a key from its validity period, counted from `issuedAt` (milliseconds since the epoch). */
export function withValidity(key: KeyItem, issuedAt: number): KeyItem {
  const { expiresAt: oldExpiry, ttl: oldTtl, ...rest } = key;
  const expiresAt = expiryOf(toEpochSeconds(issuedAt), key.validityPeriod);
  return expiresAt === undefined
    ? rest
    : { ...rest, expiresAt, ttl: expiresAt + EXPIRED_KEY_RETENTION_SECONDS };
}
