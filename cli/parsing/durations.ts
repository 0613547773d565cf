const SECONDS_OF_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** What the server takes for a key that never expires. */
export const NEVER = -1;

/**
 * Reads `45s`, `90m`, `12h`, `30d`, `2w`, or a number of seconds.
 * @returns seconds, `NEVER` for `never`, undefined for anything else.
 */
export function readDuration(text: string, canBeNever: boolean): number | undefined {
  if (canBeNever && (text === 'never' || text === String(NEVER))) return NEVER;
  const [, count, unit = 's'] = /^(\d{1,12})([smhdw])?$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (SECONDS_OF_UNIT[unit] ?? 1);
}

/**
 * Reads a date (its midnight UTC), an ISO 8601 time, or a duration before `now`.
 * @returns milliseconds since 1970, undefined for anything else.
 */
export function readMoment(text: string, now: number): number | undefined {
  const seconds = /[smhdw]$/.test(text) ? readDuration(text, false) : undefined;
  if (seconds !== undefined) return now - seconds * 1000;
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text))
    return undefined;
  const moment = Date.parse(text);
  return Number.isNaN(moment) || !isDay(text.slice(0, 10)) ? undefined : moment;
}

/** Not so 30 February, which `Date` takes for a day of March. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}
