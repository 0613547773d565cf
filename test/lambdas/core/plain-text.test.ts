import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  charactersOf,
  escapeUnprintable,
  foldCase,
  isPlainNote,
  isPlainText,
} from '../../../lambdas/core/general/plain-text.ts';

describe('plain text', () => {
  it.each(['', 'Pizza finder', 'Größe', '名前', 'شركة', '👩‍🚀', "O'Brien & Söhne", '=1+1', 'a\u00a0b'])(
    'can be %j',
    (text) => {
      expect(isPlainText(text)).toBe(true);
    },
  );

  it.each([
    ['an escape sequence', '9\u001b]0;owned\u0007'],
    ['NUL', 'a\u0000b'],
    ['a line feed', 'a\nb'],
    ['DEL', 'a\u007fb'],
    ['a C1 control character, which is an escape sequence in one', 'a\u009b31mb'],
    ['NEL', 'a\u0085b'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['an override of direction', 'gnp.\u202exe'],
    ['an isolate', 'a\u2066b\u2069'],
    ['a mark of direction', 'a\u200fb'],
    ['an Arabic letter mark', 'a\u061cb'],
    ['a byte order mark', '\ufeffa'],
    ['an interlinear annotation', 'a\ufff9b'],
    ['tag characters', 'a\u{e0041}'],
    ['half a surrogate pair', '\ud83d'],
    ['the other half', 'a\udc69'],
  ])('has not %s', (_what, text) => {
    expect(isPlainText(text)).toBe(false);
    if (text !== 'a\nb') expect(isPlainNote(text)).toBe(false);
  });

  it('of several lines has line feeds and tabs, and no carriage returns', () => {
    expect(isPlainNote('a\n\tb')).toBe(true);
    expect(isPlainNote('a\r\nb')).toBe(false);
  });

  it('is counted in characters, not in code units', () => {
    expect(charactersOf('a👩é')).toBe(3);
  });
});

describe('names without regard to case', () => {
  it.each([
    ['Pizza', 'pIZZA'],
    ['Straße', 'STRASSE'],
    ['Straße', 'STRAẞE'],
    ['Café', 'CAFE\u0301'],
    ['ΟΔΟΣ', 'οδος'],
    ['\u212bngstrom', 'ångstrom'],
    ['ŒUVRE', 'œuvre'],
  ])('are the same: %s and %s', (one, other) => {
    expect(foldCase(one)).toBe(foldCase(other));
  });

  it('are different where letters are', () => {
    expect(foldCase('Cafe')).not.toBe(foldCase('Café'));
    expect(foldCase('a')).not.toBe(foldCase('\u0430'));
  });

  it('are folded once and for all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => foldCase(foldCase(name)) === foldCase(name)),
    );
  });
});

describe('escaped JSON', () => {
  it('means the same, and holds nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.string({ unit: 'binary' }), (value, text) => {
        const json = JSON.stringify({ value, [text]: text }, undefined, 2);
        const escaped = escapeUnprintable(json);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(json));
        expect(isPlainNote(escaped)).toBe(true);
      }),
    );
  });
});
