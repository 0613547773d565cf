import { argumentNotes, flagNotes, type Command } from '../command.ts';
import { alignColumns } from '../output/table.ts';

/** What follows a command's name: `KEY --api API [flags]`. */
export function usageOf(command: Command): string {
  const args = Object.entries(command.args).map(([name, schema]) => {
    const word = name.toUpperCase();
    return argumentNotes.get(schema)?.optional === true ? `[${word}]` : word;
  });
  const required = Object.entries(command.flags)
    .filter(([, schema]) => flagNotes.get(schema)?.required === true)
    .map(([name, schema]) => `--${name} ${flagNotes.get(schema)?.value ?? ''}`);
  return [...args, ...required, '[flags]'].join(' ');
}

/** The end of the help on a command or a group. */
export function examplesText(examples: readonly string[]): string {
  return section('Examples', examples);
}

/** The end of the help on everything. */
export function overviewText(): string {
  return [
    section(
      'Environment',
      alignColumns([
        ['KEYBOUND_URL', 'the management API'],
        ['KEYBOUND_ISSUER', 'the issuer that signs users in'],
        ['KEYBOUND_TOKEN', 'an access token, used instead of a session'],
        ['KEYBOUND_GROUP', 'a group to act for'],
        ['KEYBOUND_CLIENT_ID', 'the client that signs in'],
        ['KEYBOUND_CLIENT_SECRET', 'its secret, for login --client-credentials'],
        ['KEYBOUND_DEBUG', 'set to 1 to print where in the program a failure came from'],
        ['XDG_CONFIG_HOME', 'sessions are kept in keybound/ below it (default ~/.config)'],
      ]),
    ),
    section(
      'Exit codes',
      alignColumns([
        ['0', 'done'],
        ['1', 'the server refused, or something failed'],
        ['2', 'the arguments are invalid'],
        ['3', 'not signed in'],
        ['4', 'the server cannot be reached'],
        ['70', 'a bug in the command line itself'],
      ]),
    ),
    section('Examples', [
      'keybound login',
      'keybound apis list',
      'keybound applications create "Pizza finder"',
      'keybound subscriptions create --application "Pizza finder" --api PizzaShackAPI --policy Gold',
      'KEY=$(keybound keys generate --api PizzaShackAPI --valid-for 90d)',
    ]),
    '\nkeybound COMMAND --help shows the help of one command.',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return [`\n${title}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
