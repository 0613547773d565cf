import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { filesLike, read, ROOT } from './project-files.ts';

const documents = filesLike('*.md');
/** The pages below `docs/`, without the list of them. */
const pages = documents.filter((file) => file.startsWith('docs/') && file !== 'docs/README.md');
const sources = filesLike('*.ts', '*.mjs', '*.js', '*.json', '.ci/*').filter(
  (file) => file !== 'package-lock.json' && !file.startsWith('docs/'),
);

/** What a document says outside its blocks of code. */
const prose = (file: string) => read(file).replace(/^```[\s\S]*?^```$/gm, '');
/** The targets of its links: `[text](target)`, and `[text]: target`. */
const linksOf = (file: string) =>
  [...prose(file).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm)].map(
    ([, inline, reference]) => inline ?? reference ?? '',
  );
/** Whether a file or folder is there, and has the heading that `#anchor` names. Paths begin at the root. */
function isThere(target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const linked = join(ROOT, path);
  if (!existsSync(linked)) return false;
  return anchor === undefined || anchorsOf(readFileSync(linked, 'utf8')).includes(anchor);
}

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
    const missing = linksOf(file)
      .filter((target) => !/^(?:https?:|mailto:)/.test(target))
      .map((target) => (target.startsWith('#') ? `${file}${target}` : join(dirname(file), target)))
      .filter((target) => !isThere(target));
    expect(missing).toEqual([]);
  });

  it('are named in code and messages only by paths and headings that are there', () => {
    const named = sources.flatMap((file) =>
      [...read(file).matchAll(/docs\/[\w./-]+\.(?:md|json)(?:#[a-z][\w-]*)?/g)].map(([target]) => ({
        file,
        target,
      })),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ target }) => !isThere(target))).toEqual([]);
  });

  it.each(documents)('%s names only files and folders of the repository that are there', (file) => {
    const named = [
      ...prose(file).matchAll(
        /`((?:apis|bench|bin|cli|examples|lambdas|lib|local|scripts|test)\/[\w./-]*)`/g,
      ),
    ];
    expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('are all in the list of documents, or in the list of decisions', () => {
    const listed = ['docs/README.md', 'docs/decisions/README.md'].flatMap((list) =>
      linksOf(list).map((target) => join(dirname(list), target)),
    );
    expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
  });

  it.each(documents)('%s has no line of 160 characters outside its blocks of code', (file) => {
    const long = prose(file)
      .split('\n')
      .filter((line) => line.length >= 160);
    expect(long).toEqual([]);
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
    const folders = filesLike().flatMap((file) =>
      /^[a-z]/.test(file) && file.includes('/') ? [file.slice(0, file.indexOf('/'))] : [],
    );
    const unlisted = [...new Set(folders)].filter((folder) => !read('README.md').includes(`\`${folder}/\``));
    expect(unlisted).toEqual([]);
  });

  it('explain every deployed function in the layout of the repository', () => {
    const layout = read('docs/contribute/repository-layout.md');
    const functions = readdirSync(join(ROOT, 'lambdas/functions'));
    expect(functions.length).toBeGreaterThan(5);
    expect(functions.filter((name) => !layout.includes(`\`${name}\``))).toEqual([]);
  });
});

/** The anchors that headings get: lower case, spaces to dashes, other signs dropped. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)].map(
    ([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
  );
}
