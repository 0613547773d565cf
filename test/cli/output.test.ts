import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExpiry, formatMoment } from '../../cli/output/moments.ts';
import { detailLines, oneLine, tableLines } from '../../cli/output/table.ts';

const COLUMNS = [
  { title: 'Name', value: ({ name }: { name: string }) => name },
  { title: 'Size', value: ({ size }: { name: string; size: string }) => size },
];

describe('a table', () => {
  it('has a heading and columns as wide as what is in them', () => {
    expect(
      tableLines(COLUMNS, [
        { name: 'Größe', size: '1' },
        { name: 'b', size: '22' },
      ]),
    ).toEqual(['NAME   SIZE', 'Größe  1', 'b      22']);
  });

  it('leaves out of the details what has no value', () => {
    expect(detailLines(COLUMNS, { name: 'a', size: '-' })).toEqual(['Name  a']);
  });

  it('lets no text of others control the terminal', () => {
    expect(oneLine('a\u001b[31m\nb\u202ec\u0007')).toBe('a\\u{1b}[31m b\\u{202e}c\\u{7}');
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(oneLine(text)),
      ),
    );
  });
});

describe('times', () => {
  it.each([
    [1_769_860_800_000, '2026-01-31 12:00Z'],
    ['1769860800000', '2026-01-31 12:00Z'],
    ['2026-01-31T12:00:59Z', '2026-01-31 12:00Z'],
    [0, '1970-01-01 00:00Z'],
    [null, '-'],
    [undefined, '-'],
    ['', '-'],
    ['soon', '-'],
    [9e15, '-'],
  ])('%j is shown as %j', (moment, text) => {
    expect(formatMoment(moment)).toBe(text);
  });

  it('say when a key expires, if ever', () => {
    expect(formatExpiry({ validityPeriod: -1, issuedOn: 5 })).toBe('never');
    expect(formatExpiry({ validityPeriod: 60, issuedOn: 0 })).toBe('1970-01-01 00:01Z');
    expect(formatExpiry({ validityPeriod: 60, issuedOn: 0, expiresOn: 120_000 })).toBe('1970-01-01 00:02Z');
    expect(formatExpiry({})).toBe('-');
  });
});
