import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { AdapterPayload } from 'oidc-provider';
import { z } from 'zod';

/** A session, grant or token, as the library stores it. */
export interface StoredEntry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Keeps entries in a file, so that sessions and tokens outlive the runner. */
export interface TokenJournal {
  /** The entries that have not expired, by key. */
  load(): Map<string, StoredEntry>;
  /** @param entry undefined: the entry is gone. */
  write(key: string, entry: StoredEntry | undefined): void;
}

/** Without a directory for data nothing is kept. */
export const NO_JOURNAL: TokenJournal = { load: () => new Map(), write: () => undefined };

const Line = z.object({
  key: z.string(),
  payload: z.custom<AdapterPayload>((value) => typeof value === 'object' && value !== null).optional(),
  expiresAt: z.number().optional(),
});

/** The file is written anew when it has this many lines, and twice as many as there are entries. */
const LINES_BEFORE_REWRITE = 1_000;

/**
 * A file of lines, one for each change; the last line about a key holds. It has no value that opens anything: keys are
 * digests, and entries are stored without their ids.
 */
export function createTokenJournal(file: string): TokenJournal {
  let lines = 0;

  const read = (): Map<string, StoredEntry> => {
    const entries = new Map<string, StoredEntry>();
    if (!existsSync(file)) return entries;
    for (const text of readFileSync(file, 'utf8').split('\n')) {
      const line = readLine(text);
      if (line === undefined) continue;
      const { key, payload, expiresAt } = line;
      if (payload === undefined || expiresAt === undefined || expiresAt <= Date.now()) entries.delete(key);
      else entries.set(key, { payload, expiresAt });
    }
    return entries;
  };

  const rewrite = (): Map<string, StoredEntry> => {
    const entries = read();
    const content = Array.from(entries, ([key, entry]) => toLine(key, entry)).join('');
    // Renamed into place, so that a runner killed at this moment leaves no half of a file behind.
    writeFileSync(`${file}.new`, content, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    lines = entries.size;
    return entries;
  };

  let linesAllowed = LINES_BEFORE_REWRITE;
  return {
    load: rewrite,
    write(key, entry) {
      appendFileSync(file, toLine(key, entry), { mode: 0o600 });
      lines += 1;
      if (lines <= linesAllowed) return;
      rewrite();
      linesAllowed = Math.max(LINES_BEFORE_REWRITE, lines * 2);
    },
  };
}

function toLine(key: string, entry: StoredEntry | undefined): string {
  return `${JSON.stringify({ key, ...entry, ...(entry && { payload: { ...entry.payload, jti: undefined } }) })}\n`;
}

/** @returns undefined for a line that a killed runner left half written. */
function readLine(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
