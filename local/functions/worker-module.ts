import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** The module of a worker as JavaScript: to strip its types in each of them would take a third of a cold start. */
export function buildWorkerModule(): URL {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return new URL(`data:text/javascript,${encodeURIComponent(outputFiles.map(({ text }) => text).join(''))}`);
}
