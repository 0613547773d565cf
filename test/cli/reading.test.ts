import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKeyExport } from '../../cli/parsing/aws-key-export.ts';
import { parseCsv } from '../../cli/parsing/csv.ts';
import { readDuration, readMoment } from '../../cli/parsing/durations.ts';

describe('durations', () => {
  it.each([
    ['45s', 45],
    ['45', 45],
    ['90m', 5_400],
    ['12h', 43_200],
    ['30d', 2_592_000],
    ['2w', 1_209_600],
    ['never', -1],
    ['-1', -1],
    ['', undefined],
    ['3y', undefined],
    ['1.5h', undefined],
    ['-2', undefined],
  ])('%j is %j seconds', (text, seconds) => {
    expect(readDuration(text, true)).toBe(seconds);
  });

  it('that must end cannot be never', () => {
    expect(readDuration('never', false)).toBeUndefined();
  });
});

describe('moments', () => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:30:00+01:00', '2026-01-31T11:30:00.000Z'],
    ['1d', '2026-01-30T12:00:00.000Z'],
    ['90m', '2026-01-31T10:30:00.000Z'],
    ['2026-02-31T00:00:99Z', undefined],
    ['2026-02-28', '2026-02-28T00:00:00.000Z'],
    ['2026-02-29', undefined],
    ['2026-04-31T12:00:00Z', undefined],
    ['2026-13-01', undefined],
    ['2026-01-31T12:00', undefined],
    ['yesterday', undefined],
    ['1700000000000', undefined],
  ])('%j is %j', (text, iso) => {
    const moment = readMoment(text, now);
    expect(moment === undefined ? undefined : new Date(moment).toISOString()).toBe(iso);
  });
});

describe('comma-separated values', () => {
  it('are read as they were written', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') });
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n'), (table, lineBreak) => {
        const text = table
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',') + lineBreak)
          .join('');
        expect(parseCsv(text)).toEqual(table);
      }),
    );
  });

  it.each([
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,\n,b\n',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['a\n\nb', [['a'], [''], ['b']]],
    ['', []],
    ['a,', [['a', '']]],
    ['"a', undefined],
    ['"a"b', undefined],
    ['a"b', undefined],
  ])('%j', (text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });
});

describe("API Gateway's key export", () => {
  const HEADING = 'Name,key,description,Enabled,usageplanIds';

  it('is read row by row, whatever the order of its columns', () => {
    const text = `\ufeffkey,Name,Enabled,usageplanIds,description\r\n${'v'.repeat(20)},Shop,TRUE,"a1,b2","For ""us"""\r\n\r\n${'w'.repeat(20)},Old,false,,\r\n`;
    expect(readKeyExport(text)).toEqual([
      {
        row: 2,
        name: 'Shop',
        value: 'v'.repeat(20),
        description: 'For "us"',
        isEnabled: true,
        usagePlanIds: 'a1,b2',
      },
      { row: 4, name: 'Old', value: 'w'.repeat(20), description: '', isEnabled: false, usagePlanIds: '' },
    ]);
  });

  it.each([
    ['a quotation mark that is not closed', `${HEADING}\nShop,"secret-value`],
    ['no heading', 'Shop,secret-value,,TRUE,'],
    ['a row without a key', `${HEADING}\nShop,,secret-value,TRUE,`],
    ['an Enabled that is neither', `${HEADING}\nShop,secret-value,,secret-value,`],
    ['nothing', ''],
  ])('with %s is refused without repeating it', (_what, text) => {
    expect(() => readKeyExport(text)).toThrow(
      /^The file is no key export of API Gateway: (?!.*secret-value)/,
    );
  });
});
