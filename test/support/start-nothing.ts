import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import threads from 'node:worker_threads';

// Loaded before each test file of the project `pure`: whatever such a test starts fails, which keeps the project fast.
// `execFileSync` stays, for short programs: git knows which files belong to the project.

/** A function that can be called with `new`, too. */
function refuse(what: string): () => never {
  return function refused() {
    throw new Error(
      `a test of the project "pure" ${what}: move its file to another project in test/test-projects.ts`,
    );
  };
}

const startsProcess = refuse('starts a process');
Object.assign(net.Server.prototype, { listen: refuse('listens on a port') });
Object.assign(net.Socket.prototype, { connect: refuse('connects to a server') });
Object.assign(childProcess, { spawn: startsProcess, fork: startsProcess, spawnSync: startsProcess });
Object.assign(childProcess, { exec: startsProcess, execFile: startsProcess });
Object.assign(threads, { Worker: refuse('starts a thread') });
syncBuiltinESMExports();
