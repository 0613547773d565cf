import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
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
 * Takes a data directory (made if need be) for this runner alone, until the returned function is called. The lock is a
 * local socket that only one process can listen on: it goes with the process, however that ends.
 * @throws DataDirectoryInUseError, DataDirectoryUnusableError
 */
export async function lockDataDirectory(directory: string): Promise<() => Promise<void>> {
  const path = socketOf(makeDirectory(directory));
  let server = await listen(path);
  if (server === undefined && (await isLeftBehind(path))) {
    rmSync(path, { force: true });
    server = await listen(path);
  }
  if (server === undefined) throw new DataDirectoryInUseError(directory);
  const held = server;
  return () => new Promise((resolve) => held.close(() => resolve()));
}

/** Linux and Windows have sockets without a file; elsewhere one lies in the user's folder for temporary files. */
function socketOf(directory: string): string {
  const digest = createHash('sha256').update(directory).digest('hex').slice(0, 32);
  const name = `keybound-${userInfo().uid}-${digest}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** @returns undefined when the address is taken. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      // It must not keep the process alive.
      server.unref();
      resolve(server);
    });
  });
}

/** Whether the file of a socket has outlived its process. */
function isLeftBehind(path: string): Promise<boolean> {
  if (process.platform === 'linux' || process.platform === 'win32') return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(path)
      .once('connect', () => {
        socket.destroy();
        resolve(false);
      })
      .once('error', () => resolve(true));
  });
}

/** @returns its path without symbolic links. */
function makeDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
    return realpathSync(directory);
  } catch (error) {
    throw new DataDirectoryUnusableError(directory, error);
  }
}
