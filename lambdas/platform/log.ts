import type { LogType } from '../contract/log-types.ts';
import { withoutKeyValues } from '../core/keys/key-form.ts';
import { escapeUnprintable } from '../core/general/plain-text.ts';

/** One line of structured log. Never holds a key value, a token, or text that a client chose freely. */
export interface LogEntry {
  readonly level: 'INFO' | 'WARN' | 'ERROR';
  readonly type: LogType;
  readonly [field: string]: unknown;
}

export type Log = (entry: LogEntry) => void;

/**
 * Writes a line of JSON to standard output. Not through `console`: Lambda's JSON log format would wrap the
 * object in another, and the fields would move with the runtime's settings.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export const logToStandardOutput: Log = (entry) => {
  process.stdout.write(`${lineOf({ timestamp: new Date().toISOString(), ...entry })}\n`);
};

/**
 * One line of JSON. Errors of a library can quote what they stumbled over: what has the form of a key is left out, and
 * whatever a terminal or a viewer of logs would obey is escaped.
 */
export function lineOf(entry: Readonly<Record<string, unknown>>): string {
  return escapeUnprintable(withoutKeyValues(JSON.stringify(entry)));
}

/** What may be logged of an unexpected error: its kind and place, for the operator only. */
export function describeError(error: unknown): { errorType: string; errorMessage: string; stack?: string } {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: 'not an Error was thrown' };
  return {
    errorType: error.name,
    errorMessage: error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
  };
}
