import { CommanderError, type Command as Program } from 'commander';
import type { Command, RawInput } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { unknownCommand } from './parsing-failure.ts';
import { createProgram } from './program.ts';
import { maskRequestId } from './request-id.ts';

/** What looks like the value of a key of ours. */
const KEY_VALUE = /[a-z][a-z0-9]*_(?:prod|sandbox)_[0-9A-Za-z]{20,}/;

/** Columns of help that goes to no terminal. */
const DEFAULT_WIDTH = 100;

/** What the user wants. */
export type CommandLine =
  | { readonly wants: 'command'; readonly command: Command; readonly input: RawInput }
  /** Help on a command, on all that begin with a word, or on everything. */
  | { readonly wants: 'help'; readonly text: string; readonly isAsked: boolean };

/**
 * Finds the command and reads its flags and arguments.
 * @param width columns of the terminal.
 * @throws CommandFailure `usage` for an unknown command or flag, with what was probably meant.
 */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  width = DEFAULT_WIDTH,
): CommandLine {
  if (argv.some((word) => KEY_VALUE.test(word))) {
    throw usageFailure(
      "A key's value must not be on the command line, where other users of this machine can read it.",
      ['Pass it on standard input, with --value-stdin.'],
    );
  }
  let text = '';
  let chosen: { readonly command: Command; readonly input: RawInput } | undefined;
  const program = createProgram({
    commands,
    argv,
    width,
    onHelp: (part) => (text += part),
    onCommand: (command, input) => (chosen = { command, input }),
  });
  let isAsked = true;
  try {
    if (argv[0] === 'help') helpOn(program, argv.slice(1));
    else program.parse(argv.map(maskRequestId), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    isAsked = error.code === 'commander.helpDisplayed';
  }
  return chosen === undefined
    ? { wants: 'help', text: text.trimEnd(), isAsked }
    : { wants: 'command', ...chosen };
}

/** Commander's own help command looks at one word; ours have two. */
function helpOn(program: Program, words: readonly string[]): void {
  let topic = program;
  for (const word of words) {
    if (topic.commands.length === 0) break;
    const next = topic.commands.find((command) => command.name() === word);
    if (next === undefined) throw unknownCommand(topic, word);
    topic = next;
  }
  topic.outputHelp();
}
