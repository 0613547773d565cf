import type { Terminal } from './terminal.ts';

/**
 * Characters that a terminal would obey instead of show, or that change or hide the text around them: control characters,
 * line separators, marks of the direction of writing, characters without width, tags, and halves of surrogate pairs.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\u{200b}-\u{200f}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/gu;

/** A text of several lines, in which each other character that cannot be shown is written as `\u{…}`. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same on one line: what follows a line break must not look as if we said it. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/\r\n|[\r\n\t]/g, ' '));
}

/** JSON that means exactly the value, and in which every character can be shown. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(UNPRINTABLE, (character) =>
    character === '\n' ? character : character.replaceAll(/[^]/g, escapeUnit),
  );
}

/** The one way to a terminal: whatever a server, a token or a file says is cleaned before it gets there. */
export function printableTerminal(terminal: Terminal): Terminal {
  return {
    ...terminal,
    print: (text) => terminal.print(printable(text)),
    note: (text) => terminal.note(printable(text)),
    ask: (question) => terminal.ask(printableLine(question)),
    askSecret: (question) => terminal.askSecret(printableLine(question)),
  };
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A word of the command line as a message may repeat it: what could be a secret, by its length and letters, is not. */
export function wordToShow(word: string): string {
  const couldBeSecret =
    /^[\w+/=.~-]{20,}$/.test(word) && /\d/.test(word) && /[a-z]/i.test(word) && !ID.test(word);
  return couldBeSecret ? '…' : printableLine(word);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
