import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lambdas/core/http/fault.ts';
import { entityTagOf, readIfMatch, requireVersion } from '../../../lambdas/core/http/if-match.ts';

describe('If-Match', () => {
  it.each([
    ['"7"', [7]],
    ['"1", "22"', [1, 22]],
    ['"1","22"', [1, 22]],
    [' "7" ', [7]],
    ['*', '*'],
    [' * ', '*'],
  ])('is read: %s', (header, expected) => {
    expect(readIfMatch(header)).toEqual(expected);
  });

  it.each([['W/"7"'], ['"seven"'], ['"07"'], ['"-7"'], ['"7.0"'], ['""'], ['"9007199254740993"']])(
    'understands %s and lets it match nothing',
    (header) => {
      expect(readIfMatch(header)).toEqual([]);
    },
  );

  it('takes of a list only what can match', () => {
    expect(readIfMatch('W/"1", "x,y", "2"')).toEqual([2]);
  });

  it.each([
    [''],
    [' '],
    ['7'],
    ['"7'],
    ['7"'],
    ['"7" "8"'],
    ['"7",'],
    [',"7"'],
    ['*, "7"'],
    ['w/"7"'],
    ['"\u0001"'],
  ])('refuses %j', (header) => {
    expect(() => readIfMatch(header)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });

  it('reads back every version that an ETag was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (versions) => {
        expect(readIfMatch(versions.map(entityTagOf).join(', '))).toEqual(versions);
      }),
    );
  });

  it('answers any text with versions or a Fault, in time that follows its length', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500, unit: 'binary' }), (header) => {
        try {
          expect(readIfMatch(header)).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
      }),
    );
    const started = performance.now();
    expect(() => readIfMatch(`${'"7", '.repeat(20_000)}"`)).toThrow(Fault);
    expect(() => readIfMatch(`${' \t'.repeat(50_000)}x`)).toThrow(Fault);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('requireVersion', () => {
  it('lets a change go on when nothing is demanded, any version, or the current one', () => {
    for (const ifMatch of [undefined, '*', [7], [1, 7]] as const) {
      expect(() => requireVersion(7, ifMatch)).not.toThrow();
    }
  });

  it('stops it for any other version, and for none', () => {
    for (const ifMatch of [[6], [8, 70], []]) {
      expect(() => requireVersion(7, ifMatch)).toThrow(
        expect.objectContaining({ code: 'precondition_failed' }),
      );
    }
  });
});
