import { expect } from 'vitest';

/** Any text, in an expected value. */
export const ANY_TEXT: unknown = expect.any(String);

/** A text that matches, in an expected value. */
export function textLike(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

/** An object that has at least these properties, in an expected value. */
export function objectLike(properties: object): unknown {
  return expect.objectContaining(properties);
}
