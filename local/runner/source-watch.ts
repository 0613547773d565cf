import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** By path: what a file held. The stamp spares reading it again. */
type Snapshot = ReadonlyMap<string, { readonly stamp: string; readonly digest: string }>;

/** Watches the sources of an app, by content: a file that is written again as it was has not changed. */
export interface SourceWatch {
  /** Call it before the app runs: what changes from now on will be noticed, also while the app runs. */
  begin(): void;
  /**
   * Call it when the app has ended. A file that changes during each of three runs in a row is taken for something that
   * the app itself writes, and is watched no more.
   * @returns those files, relative to the folder
   */
  end(): readonly string[];
  /** Resolves when something has changed since `begin`, and nothing has for a moment. */
  changed(signal: AbortSignal): Promise<void>;
}

export interface SourceWatchOptions {
  readonly directory: string;
  /** Absolute paths of folders that are no sources, such as where data are kept. */
  readonly except: readonly string[];
  readonly everyMilliseconds?: number;
}

/** What packages and the CDK command line leave in a project. Changed dependencies show in the lockfile. */
const SKIPPED = new Set(['node_modules', 'cdk.out', '__pycache__']);
const RUNS = 3;
const EVERY_MILLISECONDS = 500;

export function watchSources({
  directory,
  except,
  everyMilliseconds = EVERY_MILLISECONDS,
}: SourceWatchOptions): SourceWatch {
  const written = new Map<string, number>();
  const ignored = new Set<string>();
  let seen: Snapshot = new Map();

  const take = (before: Snapshot): Snapshot => {
    const found = new Map<string, { stamp: string; digest: string }>();
    const visit = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.name.startsWith('.') || SKIPPED.has(entry.name) || except.includes(path)) continue;
        if (entry.isDirectory()) {
          visit(path);
        } else if (entry.isFile() && !ignored.has(path)) {
          const file = readFile(path, before.get(path));
          if (file !== undefined) found.set(path, file);
        }
      }
    };
    visit(directory);
    return found;
  };

  return {
    begin() {
      seen = take(seen);
    },
    end() {
      const changed = changedBetween(seen, take(seen));
      for (const path of written.keys()) if (!changed.has(path)) written.delete(path);
      for (const path of changed) written.set(path, (written.get(path) ?? 0) + 1);
      const own = [...changed].filter((path) => (written.get(path) ?? 0) >= RUNS);
      for (const path of own) ignored.add(path);
      seen = new Map([...seen].filter(([path]) => !ignored.has(path)));
      return own.map((path) => relative(directory, path));
    },
    async changed(signal) {
      let before = seen;
      for (;;) {
        const now = take(before);
        // Editors write several files, and large ones not at once.
        if (changedBetween(seen, now).size > 0 && changedBetween(before, now).size === 0) return;
        before = now;
        await delay(everyMilliseconds, undefined, { signal });
      }
    },
  };
}

function readFile(
  path: string,
  before: { readonly stamp: string; readonly digest: string } | undefined,
): { readonly stamp: string; readonly digest: string } | undefined {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    if (before?.stamp === stamp) return before;
    return { stamp, digest: createHash('sha256').update(readFileSync(path)).digest('hex') };
  } catch {
    // It went while it was looked at.
    return undefined;
  }
}

function changedBetween(before: Snapshot, after: Snapshot): ReadonlySet<string> {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return new Set([...paths].filter((path) => before.get(path)?.digest !== after.get(path)?.digest));
}
