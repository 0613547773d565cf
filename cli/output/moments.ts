import { NEVER } from '../parsing/durations.ts';

/** A time as the server gives it: milliseconds since 1970, as a number or text, or ISO 8601. */
export type Moment = string | number | null | undefined;

/** `2026-01-31 12:00Z`; `-` when there is none. */
export function formatMoment(moment: Moment): string {
  const milliseconds = readServerMoment(moment);
  if (milliseconds === undefined) return '-';
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** When a key expires; `never` for one that does not. */
export function formatExpiry(key: {
  readonly issuedOn?: Moment;
  readonly expiresOn?: Moment;
  /** Seconds. */
  readonly validityPeriod?: number | undefined;
}): string {
  if (key.validityPeriod === NEVER) return 'never';
  const issued = readServerMoment(key.issuedOn);
  if (readServerMoment(key.expiresOn) !== undefined) return formatMoment(key.expiresOn);
  return issued === undefined || key.validityPeriod === undefined
    ? '-'
    : formatMoment(issued + key.validityPeriod * 1000);
}

function readServerMoment(moment: Moment): number | undefined {
  if (moment === null || moment === undefined || moment === '') return undefined;
  const milliseconds = /^\d+$/.test(String(moment)) ? Number(moment) : Date.parse(String(moment));
  // The largest time that a Date can hold.
  return Math.abs(milliseconds) <= 8.64e15 ? milliseconds : undefined;
}
