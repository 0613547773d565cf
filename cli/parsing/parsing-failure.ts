import type { Command as Program, CommanderError } from 'commander';
import { usageFailure, type CommandFailure } from '../failures.ts';
import { wordToShow } from '../output/printable.ts';
import { suggest } from './suggest.ts';

/** Our words for an error of commander's, whose message can repeat a secret. Help that was shown stays what it is. */
export function parsingFailure(error: CommanderError, command: Program): CommandFailure | CommanderError {
  const [, word = ''] = /'(.*)'/s.exec(error.message) ?? [];
  switch (error.code) {
    case 'commander.help':
    case 'commander.helpDisplayed':
      return error;
    case 'commander.unknownCommand':
      return unknownCommand(command, word);
    case 'commander.unknownOption':
      return unknownFlag(command, word);
    case 'commander.optionMissingArgument':
      return usageFailure(`${word.split(' ', 1)[0] ?? ''} needs a value.`);
    default:
      return usageFailure('Invalid arguments.', [`See ${nameOf(command)} --help.`]);
  }
}

/** For a word that names no command of a program or group. */
export function unknownCommand(parent: Program, word: string): CommandFailure {
  const group = parent.parent ? `${parent.name()} ` : '';
  const meant = suggest(
    word,
    parent.commands.map((command) => command.name()),
  );
  return unknown(`There is no command ${group}${wordToShow(word)}.`, meant && `${group}${meant}`, parent);
}

function unknownFlag(command: Program, word: string): CommandFailure {
  const [flag = word] = word.split('=', 1);
  if (command.options.some(({ long }) => long === flag)) return usageFailure(`${flag} takes no value.`);
  const meant = suggest(flag.replace(/^-+/, ''), ['help', ...command.options.map((option) => option.name())]);
  return unknown(`There is no flag ${wordToShow(flag)}.`, meant && `--${meant}`, command);
}

function unknown(message: string, meant: string | undefined, command: Program): CommandFailure {
  return usageFailure(message, [
    ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
    `See ${nameOf(command)} --help.`,
  ]);
}

function nameOf(command: Program): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
