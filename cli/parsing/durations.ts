const SECONDS_OF_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** What the server takes for a key that never expires. */
export const NEVER = -1;

/** A hundred years, the longest that the server takes. */
const LONGEST_SECONDS = 36_500 * 86_400;

/** The parsed value, or a sentence about what the text should be. */
export type Reading<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string };

/** Reads `45s`, `90m`, `12h`, `30d` or `2w`. A number alone is no duration: it could be meant in any unit. */
export function readDuration(text: string): Reading<number> {
  const [, sign = '', count, unit] = /^([+-]?)(\d+)([smhdw])?$/.exec(text) ?? [];
  if (count === undefined) return refuse('must be a duration such as 30d, 12h, 90m or 45s');
  if (sign !== '') return refuse('must be a duration without a sign, such as 30d or 12h');
  if (unit === undefined) return refuse(`needs a unit: ${unitsFor(count, '')}`);
  const seconds = Number(count) * (SECONDS_OF_UNIT[unit] ?? 1);
  return seconds > LONGEST_SECONDS ? refuse('must be at most 36500d') : { ok: true, value: seconds };
}

/** The same, or `never`: `NEVER`. */
export function readValidity(text: string): Reading<number> {
  if (text === 'never') return { ok: true, value: NEVER };
  const reading = readDuration(text);
  return reading.ok ? reading : refuse(`${reading.problem}, or never`);
}

/**
 * Reads a date (its midnight UTC), an ISO 8601 time with its zone, or a duration before `now`.
 * @returns milliseconds since 1970.
 */
export function readMoment(text: string, now: number): Reading<number> {
  if (/^\d+$/.test(text)) {
    return refuse(`needs a unit: ${unitsFor(text, ' ago')}; or must be a date such as 2026-01-31`);
  }
  if (/^\d+[smhdw]$/.test(text)) {
    const reading = readDuration(text);
    if (!reading.ok) return reading;
    const value = now - reading.value * 1000;
    return value < 0 ? refuse('must not lie before 1970') : { ok: true, value };
  }
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?$/.test(text)) {
    return refuse(`needs a time zone: write ${text}Z for UTC, or ${text}+01:00`);
  }
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text)) {
    return refuse('must be a date such as 2026-01-31, or a time ago such as 90d');
  }
  const value = Date.parse(text);
  if (Number.isNaN(value) || !isDay(text.slice(0, 10))) return refuse('must be a date that exists');
  return value < 0 ? refuse('must not lie before 1970') : { ok: true, value };
}

function unitsFor(count: string, suffix: string): string {
  const shown = count.length > 6 ? 'N' : count;
  return `${shown}d for days${suffix}, ${shown}h for hours${suffix}`;
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}

/** Not so 30 February, which `Date` takes for a day of March. */
function isDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
