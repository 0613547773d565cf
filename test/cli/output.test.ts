import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExpiry, formatMoment } from '../../cli/output/moments.ts';
import {
  printable,
  printableJson,
  printableLine,
  printableTerminal,
  wordToShow,
} from '../../cli/output/printable.ts';
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

  it('aligns texts that are wider, or narrower, on a terminal than they have characters', () => {
    expect(
      tableLines(COLUMNS, [
        { name: '名前', size: '1' },
        { name: 'cafe\u0301', size: '2' },
      ]),
    ).toEqual(['NAME  SIZE', '名前  1', 'cafe\u0301  2']);
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

describe('everything that reaches a terminal', () => {
  const hostile = fc.string({ unit: 'binary' });
  const UNSAFE = /[^\P{Cc}\n\t]|[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u200b\ufeff]/u;

  it.each([
    '\u001b]0;owned\u0007',
    '\u009b2J',
    '\u007f',
    '\u202e',
    '\u2066',
    '\u200b',
    '\u2028',
    '\ud800',
    '\r',
  ])('has %j written out', (text) => {
    expect(printable(`a${text}b`)).toMatch(/^[\x20-\x7e]+$/);
    expect(printable('Größe 名前\n\tx')).toBe('Größe 名前\n\tx');
  });

  it('is cleaned at the terminal itself, whatever a command prints, notes or asks', async () => {
    const seen: string[] = [];
    const keep = (text: string) => void seen.push(text);
    const ask = (text: string) => (keep(text), Promise.resolve(''));
    const terminal = printableTerminal({
      print: keep,
      note: keep,
      isInteractive: true,
      ask,
      askSecret: ask,
      readInput: () => Promise.resolve(''),
    });
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        terminal.print(text);
        terminal.note(text);
        await terminal.ask(text);
        await terminal.askSecret(text);
        expect(seen.filter((line) => UNSAFE.test(line))).toEqual([]);
        seen.length = 0;
      }),
    );
  });

  it('as JSON means exactly what the server said', () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostile, (value, text) => {
        const shown = printableJson({ value, [text]: text });
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify({ value, [text]: text })));
        expect(UNSAFE.test(shown)).toBe(false);
      }),
    );
  });

  it('on one line looks like nothing that we said below it', () => {
    expect(printableLine('a\r\nkeybound: done\rb')).toBe('a keybound: done b');
  });
});

describe('a word of the command line', () => {
  it.each(['Pizza finder', 'PizzaShackAPI', 'PizzaShackAPI:1.0.0', '0b0f6a52-1111-2222-3333-444455556666'])(
    'is repeated in a message: %s',
    (word) => {
      expect(wordToShow(word)).toBe(word);
    },
  );

  it.each(['a1B2'.repeat(10), 'valueOf1Key0123456789', `--${'a1'.repeat(12)}`])(
    'is not repeated when it could be a secret: %s',
    (word) => {
      expect(wordToShow(word)).toBe('…');
    },
  );
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
