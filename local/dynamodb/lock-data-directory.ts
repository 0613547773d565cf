import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another runner uses the data directory. */
export class DataDirectoryInUseError extends Error {
  readonly code = 'DATA_DIRECTORY_IN_USE';

  constructor(directory: string) {
    super(
      `Another runner uses the data directory ${directory}; stop it, or choose another one with --data-dir`,
    );
    this.name = 'DataDirectoryInUseError';
  }
}

/**
 * Takes a data directory (made if need be) for this runner alone, until the returned function is called. The
 * lock is the operating system's, on an SQLite file: it goes with the process, however that ends.
 * @throws DataDirectoryInUseError
 */
export function lockDataDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(directory, 'runner.lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && error.message.includes('locked'))
      throw new DataDirectoryInUseError(directory);
    throw error;
  }
  return () => lock.close();
}
