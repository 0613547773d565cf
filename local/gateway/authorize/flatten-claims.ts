import type { JsonObject } from '../json-value.ts';
import { isArray, isJsonObject } from '../json-value.ts';

/**
 * Token claims as HTTP APIs hand them on: every value a string, lists as `[a b]`, maps as `map[key:value]`.
 * Recorded behaviour of the real service for lists; maps follow the same formatting and are unverified.
 */
export function flattenClaims(claims: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, flatten(value)]));
}

function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isArray(value)) return `[${value.map(flatten).join(' ')}]`;
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, entry]) => `${key}:${flatten(entry)}`);
    return `map[${entries.sort().join(' ')}]`;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '<nil>';
}
