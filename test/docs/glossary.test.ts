import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const GLOSSARY = 'docs/contribute/glossary.md';
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Rows of the tables: what to write, and the words in `code` that stand for it nowhere. */
const rows = read(GLOSSARY)
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:say|write|-+) /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map((cells) => ({
    say: cells[1] ?? '',
    not: [...(cells.at(-2) ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
  }));
const forbidden = rows.flatMap(({ say, not }) => not.map((word) => ({ say, word })));

/** What people read: documents, the OpenAPI documents, and the help and messages of the command line. */
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md', 'docs/openapi', 'cli'],
  { cwd: ROOT, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => /\.(?:md|json|ts)$/.test(file) && file !== GLOSSARY && existsSync(join(ROOT, file)));
const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const texts = files.map((file) => ({
  file,
  text: file.endsWith('.ts') ? read(file).replaceAll(COMMENTS, '') : read(file),
}));

/** The places of a word in a text, whatever its case and wherever its lines break. Each with what is around it. */
function placesOf(word: string, text: string): readonly string[] {
  const parts = word.split(' ').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\w-])${parts.join('\\s+')}(?:s|es)?(?![\\w-])`, 'gi');
  return [...text.matchAll(pattern)].map(({ index }) =>
    text.slice(Math.max(0, index - 30), index + 50).replace(/\s+/g, ' '),
  );
}

describe('the glossary', () => {
  it('has some thirty words, most with names that are not theirs', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(forbidden.length).toBeGreaterThan(30);
    expect(texts.length).toBeGreaterThan(60);
  });

  it('finds a word in any case, in the plural, and across lines, but not within another', () => {
    expect(placesOf('value before', 'The Value\nbefore works.')).toHaveLength(1);
    expect(placesOf('simulator', 'two simulators')).toHaveLength(1);
    expect(placesOf('simulator', 'simulator-driven, bandsimulator')).toEqual([]);
  });

  it.each(forbidden)('says "$say", so that "$word" is nowhere', ({ word }) => {
    const found = texts.flatMap(({ file, text }) => placesOf(word, text).map((place) => `${file}: ${place}`));
    expect(found).toEqual([]);
  });
});
