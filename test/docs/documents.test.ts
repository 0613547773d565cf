import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));

const Package = z.object({ scripts: z.record(z.string(), z.string()) });
/** The scripts of the package that a document is about: the nearest above it. */
function scriptsFor(file: string): Readonly<Record<string, string>> {
  const folder = dirname(file);
  const manifest = join(folder, 'package.json');
  return existsSync(join(ROOT, manifest))
    ? Package.parse(JSON.parse(read(manifest))).scripts
    : scriptsFor(folder);
}

describe('the documents', () => {
  it('are found', () => {
    expect(documents).toContain('README.md');
    expect(documents.length).toBeGreaterThan(10);
  });

  it.each(documents)('%s links only to what is there', (file) => {
    const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => target);
    const local = links.filter((target) => !/^(?:https?:|mailto:|#)/.test(target));
    const missing = local.filter((target) => {
      const [path = '', anchor] = target.split('#');
      const linked = join(dirname(join(ROOT, file)), path);
      if (!existsSync(linked)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(linked, 'utf8')).includes(anchor);
    });
    expect(missing).toEqual([]);
  });

  it.each(documents)('%s names only npm scripts that there are', (file) => {
    const named = [...read(file).matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    const scripts = scriptsFor(file);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('give in the README one command that runs and one that tests, and CI runs the very same', () => {
    const commands = [...read('README.md').matchAll(/```sh\n(npm ci && [^\n]+)\n```/g)].map(
      ([, line]) => line,
    );
    expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test']);
    expect(read('.ci/run')).toContain('npm ci && npm test');
  });

  it('list every folder of the root in the README', () => {
    const folders = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
      .split('\n')
      .flatMap((file) =>
        /^[a-z]/.test(file) && file.includes('/') ? [file.slice(0, file.indexOf('/'))] : [],
      );
    const unlisted = [...new Set(folders)].filter((folder) => !read('README.md').includes(`\`${folder}/\``));
    expect(unlisted).toEqual([]);
  });
});

/** The anchors that headings get: lower case, spaces to dashes, other signs dropped. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
