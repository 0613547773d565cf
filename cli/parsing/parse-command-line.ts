import { parseArgs } from 'node:util';
import { flagNotes, type Command, type RawInput, type Shape } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { wordToShow } from '../output/printable.ts';
import { GLOBAL_FLAGS, ownFlags } from './global-flags.ts';
import { suggest } from './suggest.ts';

/** What looks like the value of a key of ours. */
const KEY_VALUE = /[a-z][a-z0-9]*_(?:prod|sandbox)_[0-9A-Za-z]{20,}/;

/** The id of a request, as API Gateway gives it, may begin with a dash and is no flag. */
const DASHED_REQUEST_ID = /^-\w[\w-]{8,}=$/;
/** Put before such an id while flags are looked for; no word of a command line can hold it. */
const NO_FLAG = '\u0000';

/** What the user wants. */
export type CommandLine =
  | { readonly wants: 'command'; readonly command: Command; readonly input: RawInput }
  /** Help on what was named: a command, all that begin with a word, or everything. */
  | { readonly wants: 'help'; readonly topic: string; readonly isAsked: boolean };

/**
 * Finds the command and reads its flags and arguments.
 * @throws CommandFailure `usage` for an unknown command or flag, with what was probably meant.
 */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): CommandLine {
  if (argv.some((word) => KEY_VALUE.test(word))) {
    throw usageFailure(
      "A key's value must not be on the command line: others on this machine can read it there.",
      ['Give it on standard input, with --value-stdin.'],
    );
  }
  const words = leadingWords(argv);
  if (words[0] === 'help') return { wants: 'help', topic: topicOf(words.slice(1), commands), isAsked: true };
  const isHelpAsked = argv.slice(0, endOfFlags(argv)).some((word) => word === '--help' || word === '-h');
  const command = findCommand(words, commands);
  if (command === undefined || isHelpAsked) {
    return { wants: 'help', topic: command?.name ?? topicOf(words, commands), isAsked: isHelpAsked };
  }
  const { flags, positionals } = readTokens(argv.map(maskRequestId), command);
  const args = positionals.map(unmask).slice(command.name.split(' ').length);
  return { wants: 'command', command, input: { args, flags } };
}

function maskRequestId(word: string): string {
  return DASHED_REQUEST_ID.test(word) ? `${NO_FLAG}${word}` : word;
}

function unmask(word: string): string {
  return word.startsWith(NO_FLAG) ? word.slice(NO_FLAG.length) : word;
}

function endOfFlags(argv: readonly string[]): number {
  const end = argv.indexOf('--');
  return end < 0 ? argv.length : end;
}

/** Words that are neither flags nor values of global flags; a command is named by the first of them. */
function leadingWords(argv: readonly string[]): readonly string[] {
  return parseArgs({
    args: [...argv],
    options: optionsOf(GLOBAL_FLAGS),
    strict: false,
    allowPositionals: true,
  }).positionals;
}

function findCommand(
  [first = '', second = '']: readonly string[],
  commands: readonly Command[],
): Command | undefined {
  return (
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)
  );
}

/** The command or group that words name; '' for everything. */
function topicOf(words: readonly string[], commands: readonly Command[]): string {
  const [first, second] = words;
  if (first === undefined) return '';
  const command = findCommand(words, commands);
  if (command !== undefined) return command.name;
  const group = commands
    .filter(({ name }) => name.startsWith(`${first} `))
    .map(({ name }) => name.slice(first.length + 1));
  if (group.length === 0) {
    const firstWords = [...new Set(commands.map(({ name }) => name.split(' ', 1)[0] ?? name))];
    throw unknown(`There is no command ${wordToShow(first)}.`, suggest(first, firstWords), 'keybound --help');
  }
  if (second === undefined) return first;
  const meant = suggest(second, group);
  throw unknown(
    `There is no command ${first} ${wordToShow(second)}.`,
    meant === undefined ? undefined : `${first} ${meant}`,
    `keybound ${first} --help`,
  );
}

function readTokens(argv: readonly string[], command: Command) {
  const shape: Shape = { ...GLOBAL_FLAGS, ...ownFlags(command) };
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: optionsOf(shape),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags: Record<string, unknown> = {};
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, inlineValue } = token;
    const value = token.value === undefined ? undefined : unmask(token.value);
    const schema = shape[name];
    const kind = schema === undefined ? undefined : flagNotes.get(schema)?.kind;
    if (kind === undefined) {
      const meant = suggest(name, Object.keys(shape));
      const help = `keybound ${command.name} --help`;
      throw unknown(
        `There is no flag ${wordToShow(rawName)}.`,
        meant === undefined ? undefined : `--${meant}`,
        help,
      );
    }
    if (kind === 'toggle') {
      if (value !== undefined) throw usageFailure(`${rawName} takes no value.`);
      flags[name] = true;
      continue;
    }
    if (value === undefined) throw usageFailure(`${rawName} needs a value.`);
    if (!inlineValue && value.startsWith('-') && value.length > 1)
      throw usageFailure(
        `${rawName} needs a value. If ${wordToShow(value)} is it, write ${rawName}=${wordToShow(value)}.`,
      );
    if (kind === 'list') flags[name] = [...listOf(flags[name]), value];
    else if (name in flags) throw usageFailure(`${rawName} can be given once.`);
    else flags[name] = value;
  }
  return { flags, positionals };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.map((entry: unknown) => entry) : [];
}

function optionsOf(shape: Shape) {
  return Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [
      name,
      flagNotes.get(schema)?.kind === 'toggle'
        ? { type: 'boolean' as const }
        : { type: 'string' as const, multiple: true },
    ]),
  );
}

function unknown(message: string, meant: string | undefined, help: string) {
  return usageFailure(message, [...(meant === undefined ? [] : [`Did you mean ${meant}?`]), `See ${help}.`]);
}
