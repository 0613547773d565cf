import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readLambdaResponseV1,
  readLambdaResponseV2,
} from '../../../local/gateway/respond/lambda-response.ts';

const seen = (response: ReturnType<typeof readLambdaResponseV2>) =>
  response && { status: response.status, headers: response.headers, body: response.body.toString() };

describe('payload 2.0 inference', () => {
  it.each([
    [{ message: 'hi' }, '{"message":"hi"}'],
    [[1, 2], '[1,2]'],
    ['Hello', 'Hello'],
    ['', ''],
    [42, '42'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'null'],
    [{ body: 'x', headers: {} }, '{"body":"x","headers":{}}'],
  ])('makes %j the JSON body of a 200', (payload, body) => {
    expect(seen(readLambdaResponseV2(payload))).toEqual({
      status: 200,
      headers: [['content-type', 'application/json']],
      body,
    });
  });
});

describe('a payload 2.0 response', () => {
  it('has headers in lower case, and a set-cookie header for every cookie', () => {
    const response = readLambdaResponseV2({
      statusCode: 201,
      headers: { 'Content-Type': 'text/html', 'X-Count': 3, 'X-Live': true },
      cookies: ['a=1; Path=/', 'b=2'],
      body: '<p>',
    });
    expect(seen(response)).toEqual({
      status: 201,
      headers: [
        ['content-type', 'text/html'],
        ['x-count', '3'],
        ['x-live', 'true'],
        ['set-cookie', 'a=1; Path=/'],
        ['set-cookie', 'b=2'],
      ],
      body: '<p>',
    });
  });

  it('is plain text where it names no type, and empty where it has no body', () => {
    expect(seen(readLambdaResponseV2({ statusCode: 204 }))).toEqual({
      status: 204,
      headers: [['content-type', 'text/plain; charset=utf-8']],
      body: '',
    });
  });

  it('may give its status as text', () => {
    expect(readLambdaResponseV2({ statusCode: '404' })?.status).toBe(404);
  });

  it('decodes a binary body', () => {
    const body = Buffer.from([0, 255, 1]);
    const response = readLambdaResponseV2({
      statusCode: 200,
      body: body.toString('base64'),
      isBase64Encoded: true,
    });
    expect(response?.body).toEqual(body);
  });

  it('cannot set headers of the connection or a length', () => {
    const headers = {
      Connection: 'close',
      'Transfer-Encoding': 'chunked',
      'Content-Length': '1',
      'x-a': 'b',
    };
    expect(readLambdaResponseV2({ statusCode: 200, headers })?.headers).toEqual([
      ['x-a', 'b'],
      ['content-type', 'text/plain; charset=utf-8'],
    ]);
  });

  it('cannot split the response by line breaks in a header', () => {
    const response = readLambdaResponseV2({ statusCode: 200, headers: { 'x-a': 'b\r\nx-evil: 1' } });
    expect(response?.headers[0]).toEqual(['x-a', 'bx-evil: 1']);
  });

  it('ignores multiValueHeaders, which format 2.0 does not have', () => {
    const response = readLambdaResponseV2({ statusCode: 200, multiValueHeaders: { 'x-a': ['b'] } });
    expect(response?.headers).toEqual([['content-type', 'text/plain; charset=utf-8']]);
  });

  it.each([
    ['a fractional status', { statusCode: 200.5 }],
    ['status 0', { statusCode: 0 }],
    ['an informational status', { statusCode: 100 }],
    ['status 600', { statusCode: 600 }],
    ['a status that is no number', { statusCode: 'ok' }],
    ['a null status', { statusCode: null }],
    ['a body that is an object', { statusCode: 200, body: {} }],
    ['a body that is a number', { statusCode: 200, body: 1 }],
    ['isBase64Encoded that is a text', { statusCode: 200, isBase64Encoded: 'true' }],
    ['a header list', { statusCode: 200, headers: [] }],
    ['several values for a header', { statusCode: 200, headers: { 'x-a': ['b', 'c'] } }],
    ['a header name with a space', { statusCode: 200, headers: { 'x a': 'b' } }],
    ['cookies that are no list', { statusCode: 200, cookies: 'a=1' }],
    ['cookies that are no texts', { statusCode: 200, cookies: [1] }],
  ])('with %s is malformed', (_what, payload) => {
    expect(readLambdaResponseV2(payload)).toBeUndefined();
  });

  it('never makes the gateway throw, whatever a function returns', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (statusCode, headers, body) => {
        for (const payload of [
          { statusCode, headers, body },
          { statusCode: 200, headers, body, cookies: body },
        ]) {
          const response = readLambdaResponseV2(payload);
          expect(response === undefined || (response.status >= 200 && response.status < 600)).toBe(true);
        }
      }),
    );
  });
});

describe('a payload 1.0 response', () => {
  it('has repeated headers, which win over single ones', () => {
    const response = readLambdaResponseV1({
      statusCode: 200,
      headers: { 'X-A': 'single', 'x-b': '1' },
      multiValueHeaders: { 'x-a': ['1', '2'] },
      body: 'x',
    });
    expect(response?.headers).toEqual([
      ['x-b', '1'],
      ['x-a', '1'],
      ['x-a', '2'],
      ['content-type', 'text/plain; charset=utf-8'],
    ]);
  });

  it.each([['Hello'], [{ message: 'hi' }], [null], [{ statusCode: 200, multiValueHeaders: { a: 'b' } }]])(
    'is never inferred from %j',
    (payload) => {
      expect(readLambdaResponseV1(payload)).toBeUndefined();
    },
  );
});
