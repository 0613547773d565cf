import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { COMMANDS } from '../../cli/commands/all-commands.ts';
import { runCommandLine } from '../../cli/run-command-line.ts';

export const LAUNCHER = resolve(import.meta.dirname, '../../cli/keybound.mjs');

export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface SpawnOptions extends CliOptions {
  /** Called with everything on standard error so far, each time there is more. */
  readonly onNote?: (text: string) => void;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
}

/** Runs a command line in this process, as it runs without a terminal; many commands take no longer so. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const { environment = {}, input = '' } = options;
  let [out, err] = ['', ''];
  const noTerminal = () => Promise.reject(new Error('there is nobody to ask'));
  const code = await runCommandLine(args, {
    commands: COMMANDS,
    environment,
    homeDirectory: '/nowhere',
    terminal: {
      print: (line) => (out += `${line}\n`),
      note: (line) => (err += `${line}\n`),
      isInteractive: false,
      ask: noTerminal,
      askSecret: noTerminal,
      readInput: () => Promise.resolve(input),
    },
    now: Date.now,
  });
  return { code, out, err };
}

/** Runs the command line as a user does, in a process of its own, without a terminal. */
export async function spawnCli(args: readonly string[], options: SpawnOptions = {}): Promise<CliResult> {
  const { environment = {}, input = '', onNote, nodeFlags = [] } = options;
  const child = spawn(process.execPath, [...nodeFlags, LAUNCHER, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', ...environment },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    onNote?.(err);
  });
  child.stdin.on('error', () => undefined).end(input);
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}

/** A directory for sessions, removed when the test has ended. */
export function configDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'keybound-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** An address of this machine where nothing listens: a port that was free just now. */
export async function deadAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
