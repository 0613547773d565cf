import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** Where the command line reads and writes. */
export interface Terminal {
  /** Writes a line of the result. */
  readonly print: (line: string) => void;
  /** Writes a line for the person in front of it: stays out of what is piped on. */
  readonly note: (line: string) => void;
  /** Its width; undefined when standard output is no terminal. */
  readonly columns?: number | undefined;
  /** Whether there is somebody to ask. */
  readonly isInteractive: boolean;
  readonly ask: (question: string) => Promise<string>;
  /** Asks without showing what is typed. */
  readonly askSecret: (question: string) => Promise<string>;
  /** Everything that is piped in. */
  readonly readInput: () => Promise<string>;
  /** Says something before the user's Ctrl-C ends the process, until what it returns is called. Absent: nobody can. */
  readonly onInterrupt?: (say: () => void) => () => void;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const ask = async (question: string, echo: Writable): Promise<string> => {
    const lines = createInterface({ input: process.stdin, output: echo, terminal: true });
    lines.on('SIGINT', () => process.exit(130));
    // Readline writes its prompt over the line it is on, so the question must be the prompt where it is shown. A
    // secret is asked for after readline has taken the terminal over: from then on, nothing typed is shown.
    if (echo === silent) process.stderr.write(question);
    try {
      return await lines.question(echo === silent ? '' : question);
    } finally {
      lines.close();
      if (echo === silent) process.stderr.write('\n');
    }
  };
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    isInteractive: process.stdin.isTTY && process.stderr.isTTY,
    ask: (question) => ask(question, process.stderr),
    askSecret: (question) => ask(question, silent),
    readInput: () => text(process.stdin),
    onInterrupt: (say) => {
      const end = () => {
        say();
        process.exit(130);
      };
      process.once('SIGINT', end);
      return () => void process.off('SIGINT', end);
    },
  };
}
