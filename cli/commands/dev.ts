import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { CommandFailure, usageFailure } from '../failures.ts';
import { listFlag, mapFlag, textFlag, toggleFlag, wholeNumberFlag } from '../parsing/flags.ts';

const portFlag = (about: string) => wholeNumberFlag('PORT', 0, 65_535, about);

export const devCommands = [
  defineCommand({
    name: 'dev',
    about: 'Run your CDK app on this machine',
    details: [
      'Runs the app that cdk.json names: its stacks, APIs, functions and tables, with a core',
      'and sign-in, and runs it again when its sources change. Uses no AWS account.',
    ].join('\n'),
    flags: {
      app: textFlag('COMMAND', 'the command that runs the app (default: "app" of cdk.json)'),
      context: mapFlag('context of the app, which wins over cdk.json; -c is short for it'),
      stack: listFlag('NAME', 'run this stack and what it depends on, not all'),
      'gateway-port': portFlag('the APIs (default 8243)'),
      'sandbox-port': portFlag('APIs with the domain sandbox.localhost (default 8244)'),
      'management-port': portFlag('management API and sign-in (default 9443)'),
      'data-dir': textFlag('DIR', 'what is kept between starts (default .keybound)'),
      memory: toggleFlag('keep nothing'),
      once: toggleFlag('do not run the app again when its sources change'),
      quiet: toggleFlag('show neither the lines of functions nor events'),
    },
    examples: [
      'keybound dev',
      'keybound dev --app "npx tsx bin/app.ts" --context tenant=acme --memory',
      'keybound dev --stack Orders-dev --gateway-port 8000',
    ],
    run: async ({ terminal }, { flags }) => {
      if (flags.memory && flags['data-dir'] !== undefined) {
        throw usageFailure('--memory keeps nothing, so it cannot go with --data-dir.');
      }
      const ports = {
        gatewayPort: flags['gateway-port'] ?? 8243,
        sandboxPort: flags['sandbox-port'] ?? 8244,
        managementPort: flags['management-port'] ?? 9443,
      };
      const fixed = Object.values(ports).filter((port) => port !== 0);
      if (new Set(fixed).size < fixed.length) {
        throw usageFailure('--gateway-port, --sandbox-port and --management-port must differ.');
      }
      const lines = (write: (line: string) => void) => (text: string) => text.split('\n').forEach(write);
      // Loaded here alone: no other command needs the runner.
      const { runDev, untilInterrupted } = await import('../../local/dev.ts');
      const exitCode = await runDev({
        ...ports,
        ...(flags.app !== undefined && { app: flags.app }),
        ...(flags.context !== undefined && { context: flags.context }),
        ...(flags.stack !== undefined && { stacks: flags.stack }),
        ...(!flags.memory && { dataDirectory: resolve(flags['data-dir'] ?? '.keybound') }),
        watch: !flags.once,
        quiet: flags.quiet,
        print: lines(terminal.print),
        note: lines(terminal.note),
        signal: untilInterrupted(),
      });
      if (exitCode !== 0) throw new CommandFailure('failed', 'The app is not running.');
    },
  }),
];

/** `-c` stands for `--context`, as in CDK's own command line. */
export function withLongFlags(argv: readonly string[]): readonly string[] {
  return argv[0] === 'dev' ? argv.map((word) => (word === '-c' ? '--context' : word)) : argv;
}
