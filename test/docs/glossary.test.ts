import { describe, expect, it } from 'vitest';
import { filesLike, read } from './project-files.ts';

const GLOSSARY = 'docs/contribute/glossary.md';

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
const files = filesLike('*.md', 'docs/openapi', 'cli').filter(
  (file) => /\.(?:md|json|ts)$/.test(file) && file !== GLOSSARY,
);
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

  it('calls every primary key of the table an item key, and nothing else', () => {
    const functions = [
      ...read('lambdas/platform/dynamodb/keys.ts').matchAll(/^export function (\w+)\([^)]*\): (\w+)/gm),
    ].map(([, name = '', returned]) => ({ name, returned }));
    expect(functions.length).toBeGreaterThan(20);
    for (const { name, returned } of functions) {
      expect({ name, isItemKey: name.endsWith('ItemKey') }).toEqual({
        name,
        isItemKey: returned === 'ItemKey',
      });
    }
  });
});
