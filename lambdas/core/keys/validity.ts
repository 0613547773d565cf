/** A validity period that never ends. */
export const NEVER_EXPIRES = -1;

/** A hundred years, in seconds. */
export const LONGEST_VALIDITY_SECONDS = 100 * 365 * 24 * 60 * 60;

/**
 * How long a key is kept once no value of it works: expired or revoked. Until then its calls are refused with
 * the very reason, and an expired key can be regenerated.
 */
export const EXPIRED_KEY_RETENTION_SECONDS = 30 * 24 * 60 * 60;

/** When a value issued at `issuedAt` expires, in seconds since the epoch; `undefined`: never. */
export function expiryOf(issuedAtEpochSeconds: number, validityPeriod: number): number | undefined {
  return validityPeriod === NEVER_EXPIRES ? undefined : issuedAtEpochSeconds + validityPeriod;
}
