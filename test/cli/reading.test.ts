import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKeyExport } from '../../cli/parsing/aws-key-export.ts';
import { parseCsv } from '../../cli/parsing/csv.ts';
import { readDuration, readMoment, readValidity } from '../../cli/parsing/durations.ts';

describe('durations', () => {
  it.each([
    ['45s', 45],
    ['90m', 5_400],
    ['12h', 43_200],
    ['30d', 2_592_000],
    ['2w', 1_209_600],
    ['0s', 0],
    ['36500d', 3_153_600_000],
    ['never', -1],
  ])('%j is %j seconds', (text, seconds) => {
    expect(readValidity(text)).toEqual({ ok: true, value: seconds });
  });

  it.each<readonly [string, string]>([
    ['5', 'needs a unit: 5d for days, 5h for hours, or never'],
    ['0', 'needs a unit: 0d for days, 0h for hours, or never'],
    ['86400', 'needs a unit: 86400d for days, 86400h for hours, or never'],
    ['12345678901234567890', 'needs a unit: Nd for days, Nh for hours, or never'],
    ['-1', 'must be a duration without a sign, such as 30d or 12h, or never'],
    ['-5d', 'must be a duration without a sign, such as 30d or 12h, or never'],
    ['+5d', 'must be a duration without a sign, such as 30d or 12h, or never'],
    ['36501d', 'must be at most 36500d, or never'],
    ['99999999999999999999w', 'must be at most 36500d, or never'],
    ...['3y', '1.5h', '1e3s', '5 d', '5D', '٥d', '0x5d', '5d5h', 'Never', ''].map(
      (text) => [text, 'must be a duration such as 30d, 12h, 90m or 45s, or never'] as const,
    ),
  ])('are not %j, and what is wrong is said', (text, problem) => {
    expect(readValidity(text)).toEqual({ ok: false, problem });
  });

  it('that must end cannot be never', () => {
    expect(readDuration('never')).toEqual({
      ok: false,
      problem: 'must be a duration such as 30d, 12h, 90m or 45s',
    });
    expect(readDuration('5')).toEqual({ ok: false, problem: 'needs a unit: 5d for days, 5h for hours' });
  });
});

describe('moments', () => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T12:30:00+01:00', '2026-01-31T11:30:00.000Z'],
    ['1d', '2026-01-30T12:00:00.000Z'],
    ['90m', '2026-01-31T10:30:00.000Z'],
    ['2026-02-28', '2026-02-28T00:00:00.000Z'],
    ['9999-12-31', '9999-12-31T00:00:00.000Z'],
  ])('%j is %j', (text, iso) => {
    expect(readMoment(text, now)).toEqual({ ok: true, value: Date.parse(iso) });
  });

  it.each([
    ['3', 'needs a unit: 3d for days ago, 3h for hours ago; or must be a date such as 2026-01-31'],
    ['1700000000000', 'needs a unit: Nd for days ago'],
    ['2026-01-31T12:00', 'needs a time zone: write 2026-01-31T12:00Z'],
    ['2026-01-31T12:00:00.5', 'needs a time zone'],
    ['99y', 'must be a date such as'],
    ['60w2d', 'must be a date such as'],
    ['3000w', 'must not lie before 1970'],
    ['1969-12-31', 'must not lie before 1970'],
    ['99999999999999999999w', 'must be at most 36500d'],
    ['2026-02-29', 'must be a date that exists'],
    ['2026-02-31T00:00:99Z', 'must be a date that exists'],
    ['2026-04-31T12:00:00Z', 'must be a date that exists'],
    ['2026-13-01', 'must be a date that exists'],
    ['-3d', 'must be a date such as'],
    ['31.01.2026', 'must be a date such as'],
    ['yesterday', 'must be a date such as'],
    ['', 'must be a date such as'],
  ])('are not %j, and what is wrong is said', (text, problem) => {
    const reading = readMoment(text, now);
    expect(reading.ok ? '' : reading.problem).toContain(problem);
  });

  it('are read, or refused, whatever is written', () => {
    const word = fc.string({ unit: fc.constantFrom(...'0129-:TZ+.dwhms '.split('')), maxLength: 24 });
    fc.assert(
      fc.property(word, (text) => {
        for (const reading of [readMoment(text, now), readValidity(text)]) {
          if (reading.ok) expect(Number.isSafeInteger(reading.value)).toBe(true);
          else expect(reading.problem).toMatch(/^(?:must|needs) /);
        }
      }),
    );
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
    ['"a,b" , "c"\t', [['a,b', 'c']]],
    ["'a,b'", [["'a", "b'"]]],
    ["O'Brien,'tis", [["O'Brien", "'tis"]]],
    ['"a', undefined],
    ['"a"b', undefined],
    ['a "b"', undefined],
    ['a"b', undefined],
  ])('%j', (text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  it.each([
    ["'b,c',d", ['b,c', 'd']],
    ["'b','c,d'", ['b', "'c", "d'"]],
    ["'it''s,b',c", ["it's,b", 'c']],
    ['"\'b",c\'', ["'b", "c'"]],
    ["'b' x,c'", ["'b' x", "c'"]],
    ["'b,c", ["'b", 'c']],
  ])('in a column with single quotation marks: %s', (line, cells) => {
    expect(parseCsv(`plans,name\n${line}\n`, (heading) => heading === 'plans')?.[1]).toEqual(cells);
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
    ['double quotation marks', '"c7y23b,glvrsr"'],
    ['single quotation marks', "'c7y23b,glvrsr'"],
    ['either, with spaces', " 'c7y23b, glvrsr' "],
    ['both', `"'c7y23b,glvrsr'"`],
  ])('has usage plans in %s', (_what, plans) => {
    const [key] = readKeyExport(`Enabled,UsageplanIds,Name,key\ntrue,${plans},O'Brien,${'v'.repeat(20)}\n`);
    expect(key).toEqual({
      row: 2,
      name: "O'Brien",
      value: 'v'.repeat(20),
      description: '',
      isEnabled: true,
      usagePlanIds: 'c7y23b,glvrsr',
    });
  });

  it('needs names and keys alone, and may have columns that are not known', () => {
    const text = `Key,createdDate,name,stageKeys\r\n${'v'.repeat(20)},2020-01-01,'tis mine,\r\n`;
    expect(readKeyExport(text)).toMatchObject([{ name: "'tis mine", isEnabled: true, usagePlanIds: '' }]);
  });

  it('with a key in more than one row means the last of them', () => {
    const rows = ['a', 'b', 'a', 'a'].map((letter, at) => `${letter.repeat(20)},Row ${at + 2}`);
    expect(readKeyExport(['key,name', ...rows].join('\n')).map(({ replacedBy }) => replacedBy)).toEqual([
      5,
      undefined,
      5,
      undefined,
    ]);
  });

  it.each([
    ['a column twice', 'Name,key,KEY\nShop,secret-value,x'],
    ['a comma that no quotation marks protect', 'Name,key\nShop, the first,secret-value'],
    ['an apostrophe for a quotation mark in a name', `Name,key\n'Shop, the first',secret-value`],
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
