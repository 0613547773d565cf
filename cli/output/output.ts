import { printableJson, printableLine } from './printable.ts';
import type { Terminal } from './terminal.ts';

/** How results are shown. */
export interface Output {
  /** Prints the server's answer as JSON, or else what `lines` makes of it. */
  readonly show: (answer: unknown, lines: () => readonly string[]) => void;
  /** Says what was done, unless the answer is wanted as JSON: then there is nothing but JSON on standard output. */
  readonly done: (sentence: string) => void;
  readonly note: (line: string) => void;
}

export function createOutput(terminal: Terminal, isJson: boolean): Output {
  const show = (answer: unknown, lines: () => readonly string[]): void => {
    if (isJson) terminal.print(printableJson(answer ?? null));
    else for (const line of lines()) terminal.print(printableLine(line));
  };
  return {
    show,
    done: (sentence) => (isJson ? terminal.note : terminal.print)(printableLine(sentence)),
    note: (line) => terminal.note(printableLine(line)),
  };
}
