#!/usr/bin/env node
// Runs the command line under any Node 20 or newer: by itself when this Node reads TypeScript, otherwise with the
// Node that the project brings along.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import module, { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const main = new URL('./main.ts', import.meta.url);

// Commands start in half the time. Not in the directory for temporary files, which others can write to.
const cache = fileURLToPath(new URL('../node_modules/.cache/keybound', import.meta.url));

if (process.features.typescript) {
  module.enableCompileCache?.(cache);
  await import(main.href);
} else runWithOwnNode();

function runWithOwnNode() {
  const child = spawn(ownNode(), [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`keybound: Node 24 could not be started (${error.message}). Run npm ci first.\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    // What a shell reports of a command that a signal ended.
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}

/** That of the package for this platform, whose bytes the lockfile pins; where there is none, that of the path. */
function ownNode() {
  const [platform, executable] =
    process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node'];
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`);
    return join(dirname(manifest), 'bin', executable);
  } catch {
    return executable;
  }
}
