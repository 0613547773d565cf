import type { Command } from './command.ts';
import type { CommandContext } from './command-context.ts';
import { CommandFailure, EXIT_CODES, usageFailure } from './failures.ts';
import { createOutput } from './output/output.ts';
import type { Terminal } from './output/terminal.ts';
import { helpText } from './parsing/help.ts';
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
  const { commands, terminal } = options;
  try {
    const line = parseCommandLine(argv, commands);
    if (line.wants === 'help') {
      const text = helpText(line.topic, commands);
      if (line.isAsked) terminal.print(text);
      else terminal.note(text);
      return line.isAsked ? 0 : EXIT_CODES.usage;
    }
    const work = line.command.prepare(line.input);
    await work(contextOf(line.input.flags, options));
    return 0;
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    terminal.note(`keybound: ${error.message}`);
    for (const detail of error.details) terminal.note(`  ${detail}`);
    return EXIT_CODES[error.kind];
  }
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
      if (!terminal.isInteractive) throw usageFailure(`${question} Say so with --yes.`);
      const answer = await terminal.ask(`${question} [y/N] `);
      if (!/^y(?:es)?$/i.test(answer.trim())) throw new CommandFailure('failed', 'Nothing was changed.');
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
