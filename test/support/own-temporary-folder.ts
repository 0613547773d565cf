import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin } from 'vitest/config';

/** The variables that name the folder for temporary files: the first here, the others on Windows. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP'];

/**
 * Gives a run of the tests a folder of its own for temporary files. The processes that tests start inherit it.
 * A run that leaves anything there fails, and its last lines name what it left.
 */
export function ownTemporaryFolder(): Plugin {
  let isSet = false;
  return {
    name: 'own-temporary-folder',
    // Called for each project; they share the folder.
    configureVitest({ vitest }) {
      if (isSet) return;
      isSet = true;
      const folder = mkdtempSync(join(tmpdir(), 'keybound-tests-'));
      const before = VARIABLES.map((name) => [name, process.env[name]] as const);
      for (const name of VARIABLES) process.env[name] = folder;
      vitest.onClose(() => {
        isSet = false;
        for (const [name, value] of before) {
          if (value === undefined) Reflect.deleteProperty(process.env, name);
          else process.env[name] = value;
        }
        removeIfEmpty(folder);
      });
    },
  };
}

/**
 * Removes `folder` with all that is in it.
 * @throws Error that names what was in it.
 */
export function removeIfEmpty(folder: string): void {
  const left = readdirSync(folder).toSorted();
  rmSync(folder, { recursive: true, force: true });
  if (left.length > 0) {
    throw new Error(
      `The tests left ${left.length} files or folders in the temporary folder: ${left.join(', ')}`,
    );
  }
}
