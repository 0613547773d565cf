import { argumentNotes, flagNotes, type Command, type Shape } from '../command.ts';
import { alignColumns } from '../output/table.ts';
import { GLOBAL_FLAGS, ownFlags } from './global-flags.ts';

/** Help on a command, on the commands that begin with a word, or, for '', on everything. */
export function helpText(topic: string, commands: readonly Command[]): string {
  const command = commands.find(({ name }) => name === topic);
  if (command !== undefined) return commandHelp(command);
  return topic === '' ? overview(commands) : groupHelp(topic, commands);
}

/** `keybound keys generate --api API [--name NAME]` */
export function usageLine(command: Command): string {
  const args = Object.entries(command.args).map(([name, schema]) => {
    const word = name.toUpperCase();
    return argumentNotes.get(schema)?.optional === true ? `[${word}]` : word;
  });
  const required = Object.entries(command.flags)
    .filter(([, schema]) => flagNotes.get(schema)?.required === true)
    .map(([name, schema]) => `--${name} ${flagNotes.get(schema)?.value ?? ''}`);
  const hasMore = Object.keys(ownFlags(command)).length > required.length;
  return ['keybound', command.name, ...args, ...required, ...(hasMore ? ['[flags]'] : [])].join(' ');
}

function commandHelp(command: Command): string {
  const args = Object.entries(command.args).map(([name, schema]) => [
    name.toUpperCase(),
    argumentNotes.get(schema)?.about ?? '',
  ]);
  return sections([
    ['', [command.about, ...(command.details === undefined ? [] : ['', ...command.details.split('\n')])]],
    ['Usage', [usageLine(command)]],
    ['Arguments', alignColumns(args)],
    ['Flags', flagLines(ownFlags(command))],
    ['Flags of every command', flagLines(GLOBAL_FLAGS)],
    ['Examples', command.examples],
  ]);
}

function groupHelp(group: string, commands: readonly Command[]): string {
  const members = commands.filter(({ name }) => name.startsWith(`${group} `));
  return sections([
    ['', [`keybound ${group} COMMAND [flags]`]],
    ['Commands', alignColumns(members.map(({ name, about }) => [name, about]))],
    ['Examples', members.flatMap(({ examples }) => examples.slice(0, 1))],
    ['', [`keybound ${group} COMMAND --help says all about one command.`]],
  ]);
}

function overview(commands: readonly Command[]): string {
  return sections([
    ['', ['keybound COMMAND [flags]', '', 'API keys from the command line.']],
    ['Commands', alignColumns(commands.map(({ name, about }) => [name, about]))],
    ['Flags of every command', flagLines(GLOBAL_FLAGS)],
    [
      'Environment',
      alignColumns([
        ['KEYBOUND_URL', 'the management API'],
        ['KEYBOUND_ISSUER', 'who signs users in'],
        ['KEYBOUND_TOKEN', 'an access token; used instead of a session'],
        ['KEYBOUND_GROUP', 'a group to act for'],
        ['KEYBOUND_CLIENT_ID', 'the client that signs in'],
        ['KEYBOUND_CLIENT_SECRET', 'its secret, for login --client-credentials'],
        ['KEYBOUND_DEBUG', 'set to 1: print where in the program a failure came from'],
        ['XDG_CONFIG_HOME', 'sessions are kept in keybound/ below it (default ~/.config)'],
      ]),
    ],
    [
      'Exit codes',
      alignColumns([
        ['0', 'done'],
        ['1', 'the server refused, or something failed'],
        ['2', 'the arguments are invalid'],
        ['3', 'not signed in'],
        ['4', 'the server cannot be reached'],
        ['70', 'a bug in the command line itself'],
      ]),
    ],
    [
      'Examples',
      [
        'keybound login',
        'keybound apis list',
        'keybound applications create "Pizza finder"',
        'keybound subscriptions create --application "Pizza finder" --api PizzaShackAPI --policy Gold',
        'KEY=$(keybound keys generate --api PizzaShackAPI --valid-for 90d)',
      ],
    ],
    ['', ['keybound COMMAND --help says all about one command.']],
  ]);
}

function flagLines(flags: Shape): readonly string[] {
  return alignColumns(
    Object.entries(flags).map(([name, schema]) => {
      const notes = flagNotes.get(schema);
      const value = notes?.value === undefined ? '' : ` ${notes.value}`;
      const more = [
        ...(notes?.required === true ? ['needed'] : []),
        ...(notes?.kind === 'list' ? ['can be repeated'] : []),
      ];
      return [
        `--${name}${value}`,
        `${notes?.about ?? ''}${more.length === 0 ? '' : ` (${more.join(', ')})`}`,
      ];
    }),
  );
}

function sections(parts: readonly (readonly [title: string, lines: readonly string[]])[]): string {
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) =>
      title === '' ? lines.join('\n') : [`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n'),
    )
    .join('\n\n');
}
