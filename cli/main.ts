import { homedir } from 'node:os';
import { COMMANDS } from './commands/all-commands.ts';
import { withLongFlags } from './commands/dev.ts';
import { processTerminal } from './output/terminal.ts';
import { runCommandLine } from './run-command-line.ts';

// A reader such as `head` may close its end before everything is written; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`keybound: Standard output cannot be written (${error.code ?? error.name}).\n`);
  process.exit(1);
});

process.exitCode = await runCommandLine(withLongFlags(process.argv.slice(2)), {
  commands: COMMANDS,
  environment: process.env,
  homeDirectory: homedir(),
  terminal: processTerminal(),
  now: Date.now,
});
