import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../message-of.ts';

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

/** There is something in the way of a data directory. */
export class DataDirectoryUnusableError extends Error {
  readonly code = 'DATA_DIRECTORY_UNUSABLE';

  constructor(directory: string, cause: unknown) {
    const why = messageOf(cause).replace(/^E[A-Z]+: /, '');
    super(`The data directory ${directory} cannot be used (${why}); choose another one with --data-dir`, {
      cause,
    });
    this.name = 'DataDirectoryUnusableError';
  }
}

/**
 * Takes a data directory (made if need be) for this runner alone, until the returned function is called. The
 * lock is the operating system's, on an SQLite file: it goes with the process, however that ends.
 * @throws DataDirectoryInUseError, DataDirectoryUnusableError
 */
export function lockDataDirectory(directory: string): () => void {
  const lock = openLock(directory);
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

function openLock(directory: string): DatabaseSync {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new DatabaseSync(join(directory, 'runner.lock'));
  } catch (error) {
    throw new DataDirectoryUnusableError(directory, error);
  }
}
