import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isForbiddenBackendPath } from '../../../lambdas/core/decision/backend-path.ts';

describe('a path that could be taken for another one is refused:', () => {
  it.each([
    ['a segment that climbs', '/files/../admin'],
    ['one at the end', '/files/..'],
    ['one at the beginning', '/../admin'],
    ['a value of a parameter that climbs', '..'],
    ['a segment that stands still', '/files/./a'],
    ['dots that are encoded once more', '/files/%2e%2e/admin'],
    ['half of them', '/files/.%2E/admin'],
    ['dots that are encoded twice more', '/files/%252e%252e/admin'],
    ['dots that are encoded three times more', '/files/%25252e./admin'],
    ['more encodings than anybody needs', '/files/%2525252541'],
    ['a slash that is still encoded', '/files/a%2fb'],
    ['a backslash that is still encoded', '/files/a%5Cb'],
    ['a backslash', '/files/..\\admin'],
    ['a climbing segment with parameters', '/files/..;a=b/admin'],
    ['a climbing segment with an empty parameter', '/files/..;/admin'],
    ['a segment of parameters alone', '/files/;/admin'],
    ['a NUL', '/files/a\0.png'],
    ['an encoded NUL', '/files/a%00.png'],
    ['a line break', '/files/a\r\nHost: evil'],
    ['a delete character', '/files/\x7f'],
    ['a C1 control character', '/files/\x85'],
    ['a question mark, which begins a query', '/files/a?admin=true'],
    ['a hash, which ends the address', '/files/a#/photo'],
    ['what cannot be decoded', '/files/100%'],
    ['what is no UTF-8', '/files/%ff'],
  ])('%s', (_, path) => {
    expect(isForbiddenBackendPath(path)).toBe(true);
  });
});

describe('a path that means one thing passes:', () => {
  it.each([
    ['/'],
    ['/production/pets/1'],
    ['/files/a.png'],
    ['/files/.hidden/...'],
    ['/files/..a/b..'],
    ['/files/a;version=1'],
    ['/files/a b'],
    ['/files/a%20b'],
    ['/files/ä%C3%A4'],
    ['//files//'],
    ["/files/a:b@c!$&'()*+,=-_~"],
  ])('%s', (path) => {
    expect(isForbiddenBackendPath(path)).toBe(false);
  });

  it('also whatever of these characters its segments are made of, encoded or not', () => {
    const segment = fc.stringMatching(/^[a-z0-9 äé_~-]{1,12}$/);
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 5 }), (segments) => {
        const path = `/${segments.join('/')}`;
        expect(isForbiddenBackendPath(path)).toBe(false);
        expect(isForbiddenBackendPath(`/${segments.map(encodeURIComponent).join('/')}`)).toBe(false);
      }),
    );
  });
});

it('however a climbing segment is encoded, it is refused', () => {
  const encode = (text: string) =>
    text.replace(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  fc.assert(
    fc.property(
      fc.constantFrom('..', '.'),
      fc.nat({ max: 3 }),
      fc.constantFrom('', ';x', ';'),
      (dots, times, tail) => {
        let text = `${dots}${tail}`;
        for (let index = 0; index < times; index += 1) text = encode(text);
        expect(isForbiddenBackendPath(`/base/${text}/secret`)).toBe(true);
      },
    ),
  );
});
