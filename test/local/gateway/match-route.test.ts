import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRoutes, matchRoute } from '../../../local/gateway/route/match-route.ts';
import { route } from './fixtures.ts';

const matcher =
  (...keys: string[]) =>
  (method: string, path: string) => {
    const match = matchRoute(compileRoutes(keys.map((key) => route(key))), method, path);
    return match && [match.route.routeKey, match.pathParameters];
  };

describe('matchRoute', () => {
  const documented = matcher(
    '$default',
    'ANY /{proxy+}',
    'GET /pets/{proxy+}',
    'GET /pets/dog/{id}',
    'GET /pets/dog/1',
  );

  it.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
    ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
    ['GET', '/', '$default', {}],
  ])('sends %s %s to %s', (method, path, key, parameters) => {
    expect(documented(method, path)).toEqual([key, parameters]);
  });

  it('prefers a method over ANY for the same path', () => {
    const match = matcher('ANY /menu', 'GET /menu');
    expect(match('GET', '/menu')).toEqual(['GET /menu', {}]);
    expect(match('PUT', '/menu')).toEqual(['ANY /menu', {}]);
  });

  it('prefers a static path with ANY over a parameter with the method', () => {
    expect(matcher('GET /{id}', 'ANY /menu')('GET', '/menu')).toEqual(['ANY /menu', {}]);
  });

  it('prefers a full match over a greedy one with a longer static part', () => {
    expect(matcher('GET /pets/{proxy+}', 'GET /{a}/{b}')('GET', '/pets/x')).toEqual([
      'GET /{a}/{b}',
      { a: 'pets', b: 'x' },
    ]);
  });

  it('goes on to the next route when the path fits but the method does not', () => {
    expect(matcher('POST /menu', 'GET /{id}')('GET', '/menu')).toEqual(['GET /{id}', { id: 'menu' }]);
  });

  it('prefers the greedy route with more static segments', () => {
    expect(matcher('GET /{proxy+}', 'GET /a/{proxy+}')('GET', '/a/b')).toEqual([
      'GET /a/{proxy+}',
      { proxy: 'b' },
    ]);
  });

  it('has no route for an unknown path without $default', () => {
    expect(matcher('GET /menu')('GET', '/order')).toBeUndefined();
  });

  it('takes doubled and trailing slashes as segments of their own', () => {
    const match = matcher('GET /menu', 'GET /menu/{id}', 'GET /x/{proxy+}');
    expect(match('GET', '/menu/')).toBeUndefined();
    expect(match('GET', '//menu')).toBeUndefined();
    expect(match('GET', '/x/')).toBeUndefined();
    expect(match('GET', '/x//y')).toEqual(['GET /x/{proxy+}', { proxy: '/y' }]);
  });

  it('matches methods and static segments by case', () => {
    const match = matcher('GET /menu');
    expect(match('get', '/menu')).toBeUndefined();
    expect(match('GET', '/Menu')).toBeUndefined();
  });

  it('keeps a parameter of any length and any characters', () => {
    const value = `${'x'.repeat(5000)} %?#`;
    expect(matcher('GET /menu/{id}')('GET', `/menu/${value}`)).toEqual(['GET /menu/{id}', { id: value }]);
  });

  it('keeps a parameter named like a member of Object.prototype', () => {
    const match = matchRoute(compileRoutes([route('GET /{__proto__}')]), 'GET', '/x');
    expect(Object.entries(match?.pathParameters ?? {})).toEqual([['__proto__', 'x']]);
  });

  it.each(['GET menu', 'menu', 'GET /{a+}/b', ''])('refuses the route key "%s" by name', (key) => {
    expect(() => compileRoutes([route(key)])).toThrow(`"${key}"`);
  });

  it('chooses the same route in whatever order routes are declared', () => {
    const keys = ['GET /a/b', 'GET /a/{x}', 'ANY /a/b', 'GET /{p+}', 'ANY /{p+}', 'GET /a/{p+}', '$default'];
    const paths = fc.constantFrom('/a/b', '/a/c', '/a/b/c', '/b', '/', '/a/', '//');
    const methods = fc.constantFrom('GET', 'POST');
    fc.assert(
      fc.property(
        fc.shuffledSubarray(keys, { minLength: keys.length }),
        paths,
        methods,
        (shuffled, path, method) => {
          expect(matcher(...shuffled)(method, path)).toEqual(matcher(...keys)(method, path));
        },
      ),
    );
  });
});
