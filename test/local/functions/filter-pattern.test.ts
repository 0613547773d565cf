import { describe, expect, it } from 'vitest';
import { compileFilterPattern } from '../../../local/functions/filter-pattern.ts';

const line = JSON.stringify({
  status: 403,
  reason: 'ip_not_allowed',
  ok: false,
  nothing: null,
  message: { kind: 'refusal', tags: ['a', 'b'] },
  'dotted.name': 'x',
});

describe('compileFilterPattern', () => {
  it.each([
    ['', true],
    ['{ $.status = 403 }', true],
    ['{ $.status = 404 }', false],
    ['{ $.status != 404 }', true],
    ['{ $.missing != 404 }', false],
    ['{ $.status >= 400 && $.status < 500 }', true],
    ['{ $.status > 403 || $.status <= 402 }', false],
    ['{ $.reason = "ip_not_allowed" }', true],
    ['{ $.reason = ip_* }', true],
    ['{ $.reason = "*allowed" }', true],
    ['{ $.reason = "allowed" }', false],
    ['{ $.message.kind = "refusal" }', true],
    ['{ $.message.tags[1] = "b" }', true],
    ['{ $.["dotted.name"] = "x" }', true],
    ['{ $.ok IS FALSE }', true],
    ['{ $.ok IS TRUE }', false],
    ['{ $.nothing IS NULL }', true],
    ['{ $.missing IS NULL }', false],
    ['{ $.reason EXISTS }', true],
    ['{ $.missing NOT EXISTS }', true],
    ['{ ($.status = 1 || $.status = 403) && $.message.kind = "refusal" }', true],
    ['{ $.status = "403" }', false],
  ])('%s lets the line pass: %s', (pattern, passes) => {
    expect(compileFilterPattern(pattern)(line)).toBe(passes);
  });

  it('lets no line pass a JSON pattern that is not a JSON object', () => {
    const passes = compileFilterPattern('{ $.a NOT EXISTS }');
    expect(['plain text', '42', 'null', ''].map(passes)).toEqual([false, false, false, false]);
  });

  it.each([
    'ERROR',
    '[ip, user]',
    '{ $.a = %x% }',
    '{ $.a }',
    '{ $.a = }',
    '{ a = 1 }',
    '{ $.a ~ 1 }',
    '{ ($.a = 1 }',
    '{ $.a = 1 } x',
    '{ $.a < "b" }',
  ])('refuses %s', (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow(Error);
  });
});
