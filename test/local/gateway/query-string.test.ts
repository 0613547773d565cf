import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatQuery,
  joinQuery,
  newQueryParameter,
  parseQuery,
} from '../../../local/gateway/receive/query-string.ts';

describe('parseQuery', () => {
  it.each([
    ['k=a&k=b', { k: 'a,b' }],
    ['empty=', { empty: '' }],
    ['flag', { flag: '' }],
    ['plus=a+b&encoded=a%2Bb', { plus: 'a b', encoded: 'a+b' }],
    ['u=https%3A%2F%2Fexample.com%2Fa', { u: 'https://example.com/a' }],
    ['%61pikey=1', { apikey: '1' }],
    ['a=1=2', { a: '1=2' }],
    ['&&a=1&', { a: '1' }],
    ['bad=%zz&x=%ff', { bad: '%zz', x: '%ff' }],
    ['A=1&a=2', { A: '1', a: '2' }],
  ])('reads %s', (raw, expected) => {
    expect(joinQuery(parseQuery(raw))).toEqual(expected);
  });

  it('has no map where there is no parameter', () => {
    expect(joinQuery(parseQuery(''))).toBeUndefined();
    expect(joinQuery(parseQuery('&'))).toBeUndefined();
  });

  it('agrees with URLSearchParams on what that can encode', () => {
    const pairs = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()));
    fc.assert(
      fc.property(pairs, (list) => {
        const raw = new URLSearchParams(list).toString();
        const expected = new Map<string, string[]>();
        for (const [name, value] of new URLSearchParams(raw)) {
          expected.set(name, [...(expected.get(name) ?? []), value]);
        }
        const joined = Object.entries(joinQuery(parseQuery(raw)) ?? {});
        expect(new Map(joined)).toEqual(
          new Map([...expected].map(([name, values]) => [name, values.join(',')])),
        );
      }),
    );
  });

  it('reads back what it encodes, and keeps what it read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (name, value) => {
        const raw = formatQuery([newQueryParameter(name, value)]);
        expect(parseQuery(raw)).toEqual([{ raw, name, value }]);
      }),
    );
    expect(formatQuery(parseQuery('b=%7e&a=1&b=x+y'))).toBe('b=%7e&a=1&b=x+y');
  });
});
