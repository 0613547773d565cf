import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { AdapterPayload } from 'oidc-provider';
import { z } from 'zod';

/** A session, grant or token, as the library stores it. */
export interface StoredEntry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export type StoredEntries = Map<string, StoredEntry>;

/** Keeps entries, so that sessions and tokens outlive the runner. */
export interface TokenJournal {
  /** The entries that were kept and have not expired, by key. */
  readonly kept: StoredEntries;
  /** @param entry undefined: the entry is gone. */
  write(key: string, entry: StoredEntry | undefined): void;
}

/** Keeps nothing. */
export const NO_JOURNAL: TokenJournal = { kept: new Map(), write: () => undefined };

/** The file is written anew when it has this many lines, and twice as many as there are entries. */
const LINES_BEFORE_REWRITE = 1_000;

/**
 * Opens a file of lines, one for each change; the last line about a key holds. Nothing in it can be used to sign in: keys
 * are digests, and entries are stored without their ids.
 */
export function openTokenJournal(file: string): TokenJournal {
  let lines = 0;
  let linesAllowed = 0;

  const rewrite = (): StoredEntries => {
    const entries = readEntries(file);
    const content = Array.from(entries, ([key, entry]) => toLine(key, entry)).join('');
    // Renamed into place, so that a runner killed at this moment leaves no half of a file behind.
    writeFileSync(`${file}.new`, content, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    lines = entries.size;
    linesAllowed = Math.max(LINES_BEFORE_REWRITE, entries.size * 2);
    return entries;
  };

  return {
    kept: rewrite(),
    write(key, entry) {
      appendFileSync(file, toLine(key, entry), { mode: 0o600 });
      lines += 1;
      if (lines > linesAllowed) rewrite();
    },
  };
}

const Line = z.object({
  key: z.string(),
  payload: z.custom<AdapterPayload>((value) => typeof value === 'object' && value !== null).optional(),
  expiresAt: z.number().optional(),
});

function readEntries(file: string): StoredEntries {
  const entries: StoredEntries = new Map();
  if (!existsSync(file)) return entries;
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    const line = readLine(text);
    if (line === undefined) continue;
    const { key, payload, expiresAt } = line;
    if (payload === undefined || expiresAt === undefined || expiresAt <= Date.now()) entries.delete(key);
    else entries.set(key, { payload, expiresAt });
  }
  return entries;
}

/** @returns undefined for a line that a killed runner left half written. */
function readLine(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function toLine(key: string, entry: StoredEntry | undefined): string {
  const kept = entry && { ...entry, payload: { ...entry.payload, jti: undefined } };
  return `${JSON.stringify({ key, ...kept })}\n`;
}
