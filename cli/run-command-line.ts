import type { Command } from './command.ts';
import type { CommandContext } from './command-context.ts';
import { CommandFailure, EXIT_CODES, usageFailure } from './failures.ts';
import { createOutput } from './output/output.ts';
import { printableLine, printableTerminal } from './output/printable.ts';
import type { Terminal } from './output/terminal.ts';
import { completeWords } from './parsing/complete-words.ts';
import { parseCommandLine } from './parsing/parse-command-line.ts';
import { sendHttp } from './rest/http.ts';
import { createRestClient } from './rest/rest-client.ts';
import { readSettings } from './settings.ts';
import { accessToken } from './sign-in/access-token.ts';
import { createSessionStore } from './sign-in/sessions.ts';

export interface CommandLineOptions {
  readonly commands: readonly Command[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly terminal: Terminal;
  readonly now: () => number;
}

/** Does what a command line says. @returns the exit code. */
export async function runCommandLine(argv: readonly string[], options: CommandLineOptions): Promise<number> {
  const { commands, environment } = options;
  const terminal = printableTerminal(options.terminal);
  try {
    if (argv[0] === 'complete' && argv[1] === '--') {
      await completeWords(argv.slice(2), commands);
      return 0;
    }
    const line = parseCommandLine(argv, commands, terminal.columns);
    if (line.wants === 'help') {
      if (line.isAsked) terminal.print(line.text);
      else terminal.note(line.text);
      return line.isAsked ? 0 : EXIT_CODES.usage;
    }
    const work = line.command.prepare(line.input);
    await work(contextOf(line.input.flags, { ...options, terminal }));
    return 0;
  } catch (error) {
    const failure = error instanceof CommandFailure ? error : faultOf(error);
    terminal.note(printableLine(`keybound: ${failure.message}`));
    for (const detail of failure.details) terminal.note(printableLine(`  ${detail}`));
    if (isDebugging(environment) && error instanceof Error) terminal.note(error.stack ?? '');
    return EXIT_CODES[failure.kind];
  }
}

/** For an error that should not happen. Its message can quote private input, so only its kind is shown. */
function faultOf(error: unknown): CommandFailure {
  const kind = error instanceof Error ? error.name : typeof error;
  return new CommandFailure('fault', `This is a bug in the command line itself (${kind}).`, [
    'Set KEYBOUND_DEBUG=1 to see where, and report it.',
  ]);
}

function isDebugging(environment: CommandLineOptions['environment']): boolean {
  return !['', '0', undefined].includes(environment['KEYBOUND_DEBUG']);
}

function contextOf(flags: Readonly<Record<string, unknown>>, options: CommandLineOptions): CommandContext {
  const { environment, homeDirectory, terminal, now } = options;
  const { url, issuer } = { url: textOf(flags['url']), issuer: textOf(flags['issuer']) };
  const settings = readSettings({ environment, homeDirectory, url, issuer });
  const sessions = createSessionStore(settings.configDirectory);
  const http = sendHttp;
  return {
    settings,
    sessions,
    http,
    terminal,
    now,
    output: createOutput(terminal, flags['json'] === true),
    rest: createRestClient({
      url: settings.url,
      http,
      group: textOf(flags['group']) ?? textOf(environment['KEYBOUND_GROUP']),
      accessToken: () => accessToken({ settings, sessions, http, now }),
    }),
    confirm: async (question) => {
      if (flags['yes'] === true) return;
      if (!terminal.isInteractive) throw usageFailure(`${question} Pass --yes to confirm.`);
      const answer = await terminal.ask(`${printableLine(question)} [y/N] `);
      if (!/^y(?:es)?$/i.test(answer.trim())) throw new CommandFailure('failed', 'Nothing was changed.');
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
