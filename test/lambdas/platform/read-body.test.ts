import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lambdas/core/http/fault.ts';
import { readJsonBody } from '../../../lambdas/platform/http/read-body.ts';
import { hasRepeatedNames } from '../../../lambdas/platform/http/repeated-names.ts';

function read(body: string, headers: Readonly<Record<string, string>> = {}): unknown {
  return readJsonBody({ body, isBase64Encoded: false, headers });
}

function refusalOf(body: string, headers: Readonly<Record<string, string>> = {}): string | undefined {
  try {
    read(body, headers);
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
  return undefined;
}

describe('the body of a request', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/vnd.test+json; charset=us-ascii',
  ])('is read as %s', (type) => {
    expect(read('{"a":"é"}', { 'content-type': type })).toEqual({ a: 'é' });
  });

  it.each([
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json; charset=iso-8859-1' },
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    { 'content-type': 'application/json', 'content-encoding': 'identity, br' },
    { 'content-type': 'text/json' },
  ])('is not guessed when it is announced as %j', (headers) => {
    expect(refusalOf('{}', headers)).toBe('unsupported_media_type');
    expect(refusalOf('{}', { 'content-encoding': 'identity' })).toBeUndefined();
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"x":[{"b":{}, "c":[], "b":1}]}',
    '{"":1,"":1}',
    '{"a":{"a":1},"b":"a","a":0}',
  ])('with a name twice in one object is refused: %s', (body) => {
    expect(refusalOf(body)).toBe('bad_request');
  });

  it.each(['{"__proto__":1}', '{"a":{"__proto__":{"x":1}}}', '[{"\\u005f_proto__":null}]'])(
    'that would change a prototype is refused: %s',
    (body) => {
      expect(refusalOf(body)).toBe('bad_request');
    },
  );

  it('with a byte order mark is read without it', () => {
    expect(read('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it('of any JSON, however it is spaced, has no name twice, because no object has', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, space) => {
        expect(hasRepeatedNames(JSON.stringify(value, undefined, space))).toBe(false);
      }),
    );
  });
});
