/** The day in UTC of a time in milliseconds since the epoch: `2026-01-31`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The hour in UTC of a time in milliseconds since the epoch: `2026-01-31T12`. */
export function hourOf(at: number): string {
  return new Date(at).toISOString().slice(0, 13);
}

/** When an hour begins, in milliseconds since the epoch. */
export function startOfHour(hour: string): number {
  return Date.parse(`${hour}:00:00Z`);
}

/** A time in seconds since the epoch in ISO 8601: `2026-01-31T12:00:00.000Z`. */
export function isoOfSeconds(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}
