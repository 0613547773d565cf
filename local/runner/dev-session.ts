import { messageOf } from '../message-of.ts';
import type { Runner, RunnerLine, RunnerOptions } from '../runner.ts';
import { PortInUseError } from './listen-on-loopback.ts';

/** How a person runs an app on this machine. */
export interface DevOptions extends Omit<RunnerOptions, 'writeLine' | 'signal'> {
  /** Whether the app runs again when its sources change. */
  readonly watch: boolean;
  /** Whether the lines of functions and events are left out. */
  readonly quiet: boolean;
  /** Writes lines of the result. */
  readonly print: (text: string) => void;
  /** Writes lines about the run itself. */
  readonly note: (text: string) => void;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** Starts a runner that shows what happens. `over`: what is different from the options. */
export async function startFor(options: DevOptions, over: Partial<RunnerOptions>): Promise<Runner> {
  // Not before somebody has been told: it loads for a second or more.
  const { startRunner } = await import('../runner.ts');
  const { watch, quiet, print, note, ...rest } = options;
  return startRunner({
    ...rest,
    ...over,
    writeLine: ({ source, name, line }: RunnerLine) => {
      if (source === 'runner') note(line);
      else if ((source === 'function' || source === 'event') && !quiet) print(`${name}  ${line}`);
    },
  });
}

/** Resolves with `undefined`, when the signal comes. */
export function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((done) => {
    if (signal.aborted) done(undefined);
    else signal.addEventListener('abort', () => done(undefined), { once: true });
  });
}

/** For a person: what went wrong, and with which flag it goes right. */
export function describeError(error: unknown, options: DevOptions): string {
  if (error instanceof PortInUseError) {
    const { managementPort, sandboxPort } = options;
    const flag =
      error.port === managementPort
        ? '--management-port'
        : error.port === sandboxPort
          ? '--sandbox-port'
          : '--gateway-port';
    return `${error.message}; choose another one with ${flag}`;
  }
  if (error instanceof Error) return 'code' in error ? error.message : (error.stack ?? error.message);
  return messageOf(error);
}
