/** One column of a table, or one line of an item's details. */
export interface Column<Item> {
  readonly title: string;
  readonly value: (item: Item) => string;
}

/** A table with a heading: columns as wide as their widest text, two spaces between them. */
export function tableLines<Item>(
  columns: readonly Column<Item>[],
  items: readonly Item[],
): readonly string[] {
  const heading = columns.map(({ title }) => title.toUpperCase());
  return alignColumns([heading, ...items.map((item) => columns.map(({ value }) => oneLine(value(item))))]);
}

/** An item as `Title  value`, a line each; what has no value is left out. */
export function detailLines<Item>(columns: readonly Column<Item>[], item: Item): readonly string[] {
  return alignColumns(
    columns
      .map(({ title, value }) => [title, oneLine(value(item))])
      .filter(([, value]) => value !== '' && value !== '-'),
  );
}

export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, lengthOf(cell));
  return rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - lengthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * A text that came from elsewhere, as it can be shown in a terminal: characters that would move the cursor, change
 * colours or the direction of writing are shown as `\u{…}`.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(
      /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu,
      (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
