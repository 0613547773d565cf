/**
 * Characters that no name, description, reason or version can contain: control characters (C0, DEL, C1), line and
 * paragraph separators, marks that turn the direction of writing (https://trojansource.codes), the invisible characters
 * that can hide a text in another (byte order mark, interlinear annotations, tags), and halves of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/u;

/** Says what is wrong with a text that is not plain. */
export const NOT_PLAIN_TEXT =
  'must not have control characters, or invisible characters that change how a text reads';

/** Whether a text can be shown on one line of a terminal, a log or a page, and reads there as what it is. */
export function isPlainText(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** The same for a text that may have line feeds and tabs. */
export function isPlainNote(text: string): boolean {
  return isPlainText(text.replaceAll(/[\n\t]/g, ''));
}

/** A JSON text that means the same, in which every character can be shown: the others are written as `\u…`. */
export function escapeUnprintable(json: string): string {
  // Outside of its texts, JSON has of these only line breaks and tabs.
  return json.replaceAll(new RegExp(UNPRINTABLE, 'gu'), (character) =>
    /[\n\r\t]/.test(character) ? character : character.replaceAll(/[^]/g, escapeUnit),
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** How many characters a text has for its reader: a pair of surrogates is one. */
export function charactersOf(text: string): number {
  return Array.from(text).length;
}

/**
 * Equal for names that differ only in upper and lower case, or in how accents are written: both are one name to who
 * reads them. Lower after upper case, because `ß` and `SS`, or the two small sigmas, meet only there.
 */
export function foldCase(name: string): string {
  return name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
