import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { buildSync } from 'esbuild';

/**
 * The module of a worker as JavaScript. The installed package has it beside this file; in a checkout it is made once a
 * start, because stripping its types in each worker would take a third of a cold start.
 */
export function buildWorkerModule(): URL {
  const built = join(import.meta.dirname, 'worker.mjs');
  if (existsSync(built)) return pathToFileURL(built);
  // Only here: the installed package does without esbuild.
  const build: unknown = Reflect.get(Object(createRequire(import.meta.url)('esbuild')), 'buildSync');
  if (!isBuild(build)) throw new Error('the package esbuild that is installed cannot bundle');
  const { outputFiles } = build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return new URL(`data:text/javascript,${encodeURIComponent(outputFiles.map(({ text }) => text).join(''))}`);
}

function isBuild(value: unknown): value is typeof buildSync {
  return typeof value === 'function';
}
