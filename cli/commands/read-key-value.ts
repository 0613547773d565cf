import { errorCodeInBrackets } from '../error-code.ts';
import { CommandFailure } from '../failures.ts';
import type { Terminal } from '../output/terminal.ts';

/** Reads a key's value from what is piped in, or asks for it without showing it. Never from the command line. */
export async function readKeyValue(terminal: Terminal): Promise<string> {
  const value = await readSecret(terminal, 'Value of the key');
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new CommandFailure(
      'usage',
      'The value of a key has neither spaces nor characters other than ASCII.',
    );
  }
  return value;
}

async function readInput(terminal: Terminal): Promise<string> {
  return terminal.readInput().catch((error: unknown) => {
    throw new CommandFailure('usage', `Standard input cannot be read${errorCodeInBrackets(error)}.`);
  });
}

/** One line that is not shown. */
export async function readSecret(terminal: Terminal, what: string): Promise<string> {
  const text = terminal.isInteractive ? await terminal.askSecret(`${what}: `) : await readInput(terminal);
  const value = text.replace(/\r?\n$/, '');
  if (value === '' || /[\r\n]/.test(value)) {
    throw new CommandFailure('usage', `Standard input must hold one line: ${what.toLowerCase()}.`);
  }
  return value;
}
