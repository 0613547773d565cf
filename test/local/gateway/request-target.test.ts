import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePath, parseRequestTarget } from '../../../local/gateway/receive/request-target.ts';

describe('parseRequestTarget', () => {
  it.each([
    ['/menu', '/menu', ''],
    ['/menu?', '/menu', ''],
    ['/menu?a=1?b', '/menu', 'a=1?b'],
    ['//menu//', '//menu//', ''],
    ['http://host:1/menu?a=1', '/menu', 'a=1'],
    ['http://host', '/', ''],
    ['http://host?a=1', '/', 'a=1'],
    ['/menu#x', '/menu', ''],
  ])('splits %s', (target, rawPath, rawQueryString) => {
    expect(parseRequestTarget(target)).toEqual({ rawPath, rawQueryString });
  });

  it.each(['*', 'menu', 'host:443', ''])('finds no path in "%s"', (target) => {
    expect(parseRequestTarget(target)).toBeUndefined();
  });
});

describe('decodePath', () => {
  // Each pair was recorded on a real HTTP API.
  it.each([
    ['/capture/plain', '/capture/plain'],
    ['/capture/space%20value', '/capture/space value'],
    ['/capture/question%3Fvalue', '/capture/question'],
    ['/capture/percent%25done', undefined],
    ['/capture/hash%23value', '/capture/hash#value'],
    ['/capture/slash%2Fvalue', '/capture/slash/value'],
    ['/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C', '/capture/unicode-λ-世界'],
    ['/capture/literal%252Fvalue', '/capture/literal/value'],
    ['/capture/literal%253Fvalue', '/capture/literal?value'],
    ['/capture/literal%2525value', '/capture/literal%value'],
  ])('reads %s as the real service does', (sent, path) => {
    expect(decodePath(sent)).toBe(path);
  });

  it.each(['/%', '/%2', '/%zz', '/%ff', '/%c3%28'])('cannot read %s', (path) => {
    expect(decodePath(path)).toBeUndefined();
  });

  it('never throws and always keeps the leading slash', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const path = decodePath(`/${text}`);
        expect(path === undefined || path.startsWith('/')).toBe(true);
      }),
    );
  });
});
