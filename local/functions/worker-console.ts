import { format } from 'node:util';

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
type Level = (typeof LEVELS)[number];

/** How the console of an instance writes. */
export interface ConsoleOptions {
  readonly logFormat: 'JSON' | 'Text';
  /** Below this level nothing is written; with the JSON format only, as on AWS. */
  readonly logLevel: string;
  readonly requestId: () => string;
  readonly writeLine: (line: string) => void;
}

/** Writes the runtime's own records in the instance's format. */
export interface RuntimeLog {
  error(title: string, error: unknown): void;
}

/**
 * Makes `console`, `process.stdout` and `process.stderr` of this thread write log lines as the managed Node.js
 * runtime does: console lines carry time, level and request id, in text or JSON; what is written to the
 * streams directly stays as it is, line by line.
 */
export function patchConsole(options: ConsoleOptions): RuntimeLog {
  const json = options.logFormat === 'JSON';
  const lowest = json ? LEVELS.findIndex((level) => level === options.logLevel) : 0;
  const log = (level: Level, parameters: readonly unknown[]): void => {
    if (LEVELS.indexOf(level) < lowest) return;
    const time = new Date().toISOString();
    const line = json
      ? jsonLine(time, level, options.requestId(), parameters)
      : [time, options.requestId(), level, format(...parameters)].join('\t');
    // One call is one log event on AWS, however many lines its text has.
    options.writeLine(line.replaceAll('\n', '\r'));
  };
  const logAt =
    (level: Level) =>
    (...parameters: unknown[]): void =>
      log(level, parameters);
  console.log = logAt('INFO');
  console.info = logAt('INFO');
  console.debug = logAt('DEBUG');
  console.trace = logAt('TRACE');
  console.warn = logAt('WARN');
  console.error = logAt('ERROR');
  process.stdout.write = lineWriter(options.writeLine);
  process.stderr.write = lineWriter(options.writeLine);
  return {
    error: (title, error) =>
      log('ERROR', json ? [error] : [`${title} \t${JSON.stringify(errorRecord(error))}`]),
  };
}

function jsonLine(time: string, level: Level, requestId: string, parameters: readonly unknown[]): string {
  const record: Record<string, unknown> = { timestamp: time, level, requestId };
  if (parameters.length === 1) {
    try {
      return JSON.stringify({ ...record, message: parameters[0] }, (_key, value: unknown) =>
        value instanceof Error ? errorRecord(value) : value,
      );
    } catch {
      return JSON.stringify({ ...record, message: format(parameters[0]) });
    }
  }
  const error = parameters.find((parameter) => parameter instanceof Error);
  return JSON.stringify({
    ...record,
    message: format(...parameters),
    ...(error === undefined ? {} : errorRecord(error)),
  });
}

function errorRecord(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), stackTrace: [] };
  }
  return {
    errorType: error.name,
    errorMessage: error.message,
    stackTrace: (error.stack ?? '').split('\n'),
    ...Object.fromEntries(Object.entries(error)),
  };
}

function lineWriter(writeLine: (line: string) => void) {
  let rest = '';
  return (
    chunk: string | Uint8Array,
    encodingOrCallback?: BufferEncoding | ((error?: Error | null) => void),
    callback?: (error?: Error | null) => void,
  ): boolean => {
    const lines = (rest + (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) writeLine(line);
    (typeof encodingOrCallback === 'function' ? encodingOrCallback : callback)?.();
    return true;
  };
}
