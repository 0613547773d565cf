import { Argument, Command as Program, Help, Option } from 'commander';
import { argumentNotes, flagNotes, type Command, type RawInput, type Shape } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { wordToShow } from '../output/printable.ts';
import { GLOBAL_FLAGS, ownFlags } from './global-flags.ts';
import { examplesText, overviewText, usageOf } from './help-texts.ts';
import { parsingFailure } from './parsing-failure.ts';
import { unmaskRequestId } from './request-id.ts';

export interface ProgramOptions {
  readonly commands: readonly Command[];
  /** The words of the command line. */
  readonly argv: readonly string[];
  /** Columns that help is wrapped to. */
  readonly width: number;
  readonly onHelp: (text: string) => void;
  readonly onCommand: (command: Command, input: RawInput) => void;
}

/**
 * The commands as commander parses and describes them. Values are not checked here: `Command.prepare` does that, for all
 * flags at once.
 */
export function createProgram(options: ProgramOptions): Program {
  const { commands, width, onHelp } = options;
  const program = new Program('keybound')
    .description('API keys from the command line.')
    .usage('COMMAND [flags]')
    .enablePositionalOptions()
    .addHelpOption(new Option('-h, --help', 'print this text').helpGroup(GLOBAL_GROUP))
    .addHelpText('after', overviewText())
    .configureHelp(HELP)
    .configureOutput({
      writeOut: onHelp,
      writeErr: onHelp,
      outputError: () => undefined,
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  const given = new Set<string>();
  settle(program, given, options);
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    const parent = second === undefined ? program : groupOf(program, first, given, options);
    addCommand(parent.command(second ?? first), command, given, options);
  }
  return program;
}

const OWN_GROUP = 'Flags:';
const GLOBAL_GROUP = 'Flags of every command:';

/** All commands in one list, flags as messages and documents write them: `--api API`. */
const HELP: Partial<Help> = {
  visibleCommands: (parent) =>
    new Help()
      .visibleCommands(parent)
      .flatMap((child) => (child.commands.length === 0 ? [child] : new Help().visibleCommands(child))),
  subcommandTerm: (command) =>
    command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name(),
  optionTerm: ({ flags }) => flags.replaceAll(/[<>]/g, ''),
};

function groupOf(program: Program, name: string, given: Set<string>, options: ProgramOptions): Program {
  const existing = program.commands.find((command) => command.name() === name);
  if (existing !== undefined) return existing;
  const members = options.commands.filter((command) => command.name.startsWith(`${name} `));
  const group = program
    .command(name)
    .usage('COMMAND [flags]')
    .addHelpText('after', examplesText(members.flatMap(({ examples }) => examples.slice(0, 1))));
  return settle(group, given, options);
}

function addCommand(leaf: Program, command: Command, given: Set<string>, options: ProgramOptions): void {
  const { about, details, args, examples } = command;
  leaf
    .summary(about)
    .description(details === undefined ? about : `${about}\n\n${details}`)
    .usage(usageOf(command))
    .allowExcessArguments()
    .addHelpText('after', examplesText(examples));
  for (const [name, schema] of Object.entries(args)) {
    leaf.addArgument(new Argument(`[${name.toUpperCase()}]`, argumentNotes.get(schema)?.about));
  }
  addFlags(leaf, ownFlags(command), OWN_GROUP, given, options);
  settle(leaf, given, options).action(() => {
    const values: Readonly<Record<string, unknown>> = leaf.optsWithGlobals();
    const flags = leaf.options.flatMap((option): [string, unknown][] => {
      const value = values[option.attributeName()];
      return value === undefined ? [] : [[option.name(), value]];
    });
    options.onCommand(command, {
      args: leaf.args.map(unmaskRequestId),
      flags: Object.fromEntries(flags),
    });
  });
}

/** What the program, its groups and its commands have in common. */
function settle(command: Program, given: Set<string>, options: ProgramOptions): Program {
  addFlags(command, GLOBAL_FLAGS, GLOBAL_GROUP, given, options);
  return command.helpCommand(false).exitOverride((error) => {
    throw parsingFailure(error, command);
  });
}

function addFlags(
  command: Program,
  flags: Shape,
  group: string,
  given: Set<string>,
  { argv }: ProgramOptions,
): void {
  for (const [name, schema] of Object.entries(flags)) {
    const { kind, value, about, required } = flagNotes.get(schema) ?? { kind: 'toggle', about: '' };
    const more = [
      ...(required === true ? ['required'] : []),
      ...(kind === 'list' ? ['can be repeated'] : []),
    ];
    const option = new Option(
      kind === 'toggle' ? `--${name}` : `--${name} <${value ?? ''}>`,
      more.length === 0 ? about : `${about} (${more.join(', ')})`,
    ).helpGroup(group);
    const read = (text: string): string => {
      const word = unmaskRequestId(text);
      if (word.startsWith('-') && word.length > 1 && !argv.includes(`--${name}=${word}`)) {
        throw usageFailure(
          `--${name} needs a value. If ${wordToShow(word)} is it, write --${name}=${wordToShow(word)}.`,
        );
      }
      return word;
    };
    if (kind === 'list') {
      option.argParser<readonly string[] | undefined>((text, before) => [...(before ?? []), read(text)]);
    }
    if (kind === 'text') {
      option.argParser((text) => {
        if (given.has(name)) throw usageFailure(`--${name} can be given once.`);
        given.add(name);
        return read(text);
      });
    }
    command.addOption(option);
  }
}
