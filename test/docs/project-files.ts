import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** The text of a file of the project; its path begins at the root. */
export function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Files of the project, new ones included, as git matches these patterns; without patterns, all of them. */
export function filesLike(...patterns: readonly string[]): readonly string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && existsSync(join(ROOT, file)));
}
