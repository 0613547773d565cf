import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { aborted, describeError, startFor, type DevOptions } from './dev-session.ts';
import type { Runner } from '../runner.ts';
import { synthesizeApp } from './load-stacks.ts';
import { watchSources } from './source-watch.ts';
import { welcome } from './welcome.ts';

/**
 * Runs an app, and again whenever its sources have changed what it makes. Data, keys and addresses stay. An app that
 * cannot be synthesized leaves the one before running.
 * @returns the exit code
 * @throws what the first start throws
 */
export async function watchApp(
  options: Omit<DevOptions, 'context'> & { readonly context: Readonly<Record<string, string>> },
): Promise<number> {
  const { signal, note, print } = options;
  const directory = resolve(options.directory ?? '.');
  const temporary = mkdtempSync(join(tmpdir(), 'keybound-dev-'));
  // What is not to be kept must survive until the end all the same.
  const dataDirectory = options.dataDirectory ?? join(temporary, 'data');
  const watch = watchSources({ directory, except: [resolve(dataDirectory)] });
  let runs = 0;
  const synthesize = async (): Promise<string> => {
    const output = join(temporary, `cdk.out-${(runs += 1)}`);
    watch.begin();
    try {
      await synthesizeApp({ ...options, directory }, output);
    } finally {
      for (const file of watch.end()) note(`The app itself writes ${file}: changes of it are not watched.`);
    }
    return output;
  };
  const stopped = aborted(signal).then(() => 'stopped' as const);
  let runner: Runner | undefined;
  try {
    let assemblyDirectory = await synthesize();
    let running = digestOf(assemblyDirectory);
    runner = await startFor(options, { assemblyDirectory, dataDirectory });
    // Free ports that were found stay those of this run.
    const { gatewayPort, managementPort, sandboxPort } = runner;
    const ports = { gatewayPort, managementPort, ...(sandboxPort !== undefined && { sandboxPort }) };
    print(welcome(runner, options.dataDirectory));
    note(`Watching ${directory}. Ctrl-C ends everything.`);
    for (;;) {
      const stop = new AbortController();
      const ended = await Promise.race([
        stopped,
        runner?.died ?? new Promise<never>(() => undefined),
        watch.changed(stop.signal).then(
          () => 'changed' as const,
          () => new Promise<never>(() => undefined),
        ),
      ]);
      stop.abort();
      if (ended === 'stopped') return 0;
      if (ended !== 'changed') {
        note(ended);
        return 1;
      }
      try {
        note('Something changed: synthesizing the app …');
        const next = await synthesize();
        const digest = digestOf(next);
        if (digest === running && runner !== undefined) {
          rmSync(next, { recursive: true, force: true });
          note('The app makes what it made before.');
          continue;
        }
        await runner?.close();
        runner = undefined;
        rmSync(assemblyDirectory, { recursive: true, force: true });
        assemblyDirectory = next;
        runner = await startFor(options, { assemblyDirectory, dataDirectory, ...ports });
        running = digest;
        note('Reloaded.');
      } catch (error) {
        if (signal.aborted) return 0;
        note(describeError(error, options));
        note(
          runner === undefined
            ? 'Nothing is served until a change makes the app run again.'
            : 'The app from before is still served.',
        );
      }
    }
  } finally {
    await runner?.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Of what a start depends on: the templates, and the assets by what they hold. */
function digestOf(assemblyDirectory: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(assemblyDirectory).toSorted()) {
    if (/\.(?:template|assets)\.json$/.test(file)) {
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(assemblyDirectory, file)))
        .update('\0');
    }
  }
  return hash.digest('hex');
}
