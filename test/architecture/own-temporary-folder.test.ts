import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../local/temporary-directory.ts';
import { removeIfEmpty } from '../support/own-temporary-folder.ts';

describe('the folder for temporary files of a run of the tests', () => {
  it('is the one that tests and the processes that they start use', () => {
    expect(basename(tmpdir())).toMatch(/^keybound-tests-/);
  });

  it('is removed without a word when nothing was left in it', () => {
    const folder = join(temporaryDirectory(), 'empty');
    mkdirSync(folder);
    removeIfEmpty(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it('is removed with an error that names what was left in it', () => {
    const folder = join(temporaryDirectory(), 'full');
    mkdirSync(join(folder, 'cdk.outX'), { recursive: true });
    writeFileSync(join(folder, 'a.txt'), '');
    expect(() => removeIfEmpty(folder)).toThrow(
      'The tests left 2 files or folders in the temporary folder: a.txt, cdk.outX',
    );
    expect(existsSync(folder)).toBe(false);
  });
});
