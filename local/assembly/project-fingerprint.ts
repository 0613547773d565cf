import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that a CDK app does not read; what `node_modules` holds is told by the lockfile. */
const SKIPPED = new Set(['node_modules', 'cdk.out', 'coverage', 'test', 'docs', 'bench']);

/**
 * A digest of everything that the project's CDK app can be made of: its files and the given inputs.
 * @param exceptDirectory absolute path of a folder to leave out, such as the one that the result goes to
 */
export function projectFingerprint(directory: string, exceptDirectory: string, inputs: string): string {
  const hash = createHash('sha256').update(`${inputs}\0`);
  const visit = (folder: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.name.startsWith('.') || SKIPPED.has(entry.name) || path === exceptDirectory) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) hash.update(`${path}\0`).update(readFileSync(path)).update('\0');
    }
  };
  visit(directory);
  return hash.digest('hex');
}
