import fc from 'fast-check';
import { KEY_TYPES } from '../../../lambdas/core/decision/credential.ts';
import { REFUSAL_REASONS } from '../../../lambdas/core/refusals/refusal.ts';

/** Texts with whatever characters JSON, URLs, lines of log and terminals stumble over; at least one. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  fc.constantFrom('none', '-', '"', '\\', '","type":"other', '\u0000', '\u2028', '\ud800', '__proto__', ' '),
);

/** Names as the project lets people choose them: plain text. */
export const uuid: fc.Arbitrary<string> = fc.uuid();
export const keyType = fc.constantFrom(...KEY_TYPES);
export const refusalReason = fc.constantFrom(...REFUSAL_REASONS);
export const epochSeconds = fc.integer({ min: 0, max: 4_102_444_800 });
export const epochMilliseconds = fc.integer({ min: 0, max: 4_102_444_800_000 });

/** Whatever a process could be sent instead of a message: any value, and records with names that it looks for. */
export function anything(names: readonly string[]): fc.Arbitrary<unknown> {
  const value = fc.oneof(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }), oddText);
  return fc.oneof(
    value,
    fc.dictionary(fc.constantFrom(...names, 'toString', '__proto__'), value, { maxKeys: names.length }),
  );
}
