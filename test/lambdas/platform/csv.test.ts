import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCsv } from '../../../lambdas/platform/http/csv.ts';

const cell = (text: string) => formatCsv(['column'], [[text]]).slice('column\r\n'.length, -'\r\n'.length);

describe('comma-separated values', () => {
  it('have a header row, and lines that end with CR LF', () => {
    expect(formatCsv(['a', 'b'], [])).toBe('a,b\r\n');
    expect(
      formatCsv(
        ['a', 'b'],
        [
          ['x', 1],
          ['y', -2.5],
        ],
      ),
    ).toBe('a,b\r\nx,1\r\ny,-2.5\r\n');
  });

  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['a=b', 'a=b'],
    ['2001:db8::1', '2001:db8::1'],
  ])('quote %j as %j', (text, expected) => {
    expect(cell(text)).toBe(expected);
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1',
    '=cmd|" /C calc"!A0',
    '＝1',
    '＠a',
  ])('make %j no formula', (text) => {
    expect(cell(text)).toMatch(/^"?'/);
  });

  it('are read by another as they were written, but for the apostrophe before a formula', () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .filter((value) => !/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(value));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
        expect(parse(formatCsv(['a', 'b'], rows), { record_delimiter: '\r\n' })).toEqual([
          ['a', 'b'],
          ...rows,
        ]);
      }),
    );
  });
});
