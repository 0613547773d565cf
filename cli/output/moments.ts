import { NEVER } from '../parsing/durations.ts';

/** A time as the server gives it: milliseconds since 1970, as a number or text, or ISO 8601. */
export type Moment = string | number | null | undefined;

/** `2026-01-31 12:00Z`; `-` when there is none. */
export function formatMoment(moment: Moment): string {
  const milliseconds = readServerMoment(moment);
  if (milliseconds === undefined) return '-';
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** What the server says of how long a key works. */
export interface Validity {
  readonly issuedOn?: Moment;
  readonly expiresOn?: Moment;
  /** Seconds. */
  readonly validityPeriod?: number | undefined;
}

/** When a key expires; `never` for one that does not. */
export function formatExpiry(key: Validity): string {
  return key.validityPeriod === NEVER ? 'never' : formatMoment(expiryOf(key));
}

/** Whether a key has expired at `now`, in milliseconds since 1970. */
export function hasExpired(key: Validity, now: number): boolean {
  const expiry = expiryOf(key);
  return expiry !== undefined && expiry <= now;
}

/** Milliseconds since 1970; undefined: never, or not known. */
function expiryOf({ issuedOn, expiresOn, validityPeriod }: Validity): number | undefined {
  if (validityPeriod === NEVER) return undefined;
  const issued = readServerMoment(issuedOn);
  const counted =
    issued === undefined || validityPeriod === undefined ? undefined : issued + validityPeriod * 1000;
  return readServerMoment(expiresOn) ?? counted;
}

function readServerMoment(moment: Moment): number | undefined {
  if (moment === null || moment === undefined || moment === '') return undefined;
  const milliseconds = /^\d+$/.test(String(moment)) ? Number(moment) : Date.parse(String(moment));
  // The largest time that a Date can hold.
  return Math.abs(milliseconds) <= 8.64e15 ? milliseconds : undefined;
}
