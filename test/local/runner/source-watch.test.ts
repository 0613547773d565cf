import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { watchSources } from '../../../local/runner/source-watch.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

function sources() {
  const directory = temporaryDirectory();
  for (const folder of ['lib', 'node_modules/a', '.git', 'cdk.out', 'data']) {
    mkdirSync(join(directory, folder), { recursive: true });
  }
  const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  write('lib/app.js', 'one');
  const watch = watchSources({ directory, except: [join(directory, 'data')], everyMilliseconds: 5 });
  /** Whether a change is noticed; what is asked for many times in vain has not been. */
  const notices = async (): Promise<boolean> => {
    const stop = new AbortController();
    const given = new Promise<boolean>((done) => setTimeout(() => done(false), 200));
    const noticed = watch.changed(stop.signal).then(
      () => true,
      () => false,
    );
    const answer = await Promise.race([noticed, given]);
    stop.abort();
    return answer;
  };
  return { directory, write, watch, notices };
}

describe('the sources of an app', () => {
  it('have changed when a file is written, added or removed', async () => {
    const { directory, write, watch, notices } = sources();
    watch.begin();
    watch.end();
    write('lib/app.js', 'two');
    expect(await notices()).toBe(true);
    watch.begin();
    write('lib/new.js', '');
    expect(await notices()).toBe(true);
    watch.begin();
    rmSync(join(directory, 'lib/new.js'));
    expect(await notices()).toBe(true);
  });

  it('have not changed when a file is written again as it was, or one that is no source', async () => {
    const { write, watch, notices } = sources();
    watch.begin();
    for (const name of ['node_modules/a/index.js', '.git/index', 'cdk.out/manifest.json', 'data/table']) {
      write(name, 'new');
    }
    write('lib/app.js', 'one');
    expect(await notices()).toBe(false);
  });

  it('have changed when one changes while the app runs', async () => {
    const { write, watch, notices } = sources();
    watch.begin();
    write('lib/app.js', 'two');
    expect(watch.end()).toEqual([]);
    expect(await notices()).toBe(true);
  });

  it('are without what the app itself writes anew at each of three runs', async () => {
    const { write, watch, notices } = sources();
    const run = (number: number): readonly string[] => {
      watch.begin();
      write('lib/built-at.txt', String(number));
      return watch.end();
    };
    expect(run(1)).toEqual([]);
    expect(run(2)).toEqual([]);
    expect(await notices()).toBe(true);
    expect(run(3)).toEqual(['lib/built-at.txt']);
    expect(await notices()).toBe(false);
    write('lib/built-at.txt', '4');
    expect(await notices()).toBe(false);
    write('lib/app.js', 'two');
    expect(await notices()).toBe(true);
  });
});
