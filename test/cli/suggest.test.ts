import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggest, typingErrors } from '../../cli/parsing/suggest.ts';

/** The definition, word for word. */
function errorsByDefinition(one: string, other: string): number {
  if (one === '' || other === '') return one.length + other.length;
  const isSame = one.at(-1) === other.at(-1);
  const isSwapped =
    one.length > 1 && other.length > 1 && one.at(-1) === other.at(-2) && one.at(-2) === other.at(-1);
  return Math.min(
    errorsByDefinition(one.slice(0, -1), other) + 1,
    errorsByDefinition(one, other.slice(0, -1)) + 1,
    errorsByDefinition(one.slice(0, -1), other.slice(0, -1)) + (isSame ? 0 : 1),
    ...(isSwapped ? [errorsByDefinition(one.slice(0, -2), other.slice(0, -2)) + 1] : []),
  );
}

describe('a suggestion', () => {
  it('counts typing errors as they are defined', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
    fc.assert(
      fc.property(word, word, (one, other) => typingErrors(one, other) === errorsByDefinition(one, other)),
    );
  });

  it.each([
    ['revok', 'revoke'],
    ['reovke', 'revoke'],
    ['appl', 'applications'],
    ['subscription', 'subscriptions'],
    ['xyz', undefined],
    ['', undefined],
  ])('for %j is %j', (typed, meant) => {
    expect(suggest(typed, ['revoke', 'list', 'applications', 'subscriptions'])).toBe(meant);
  });
});
