import stringWidth from 'string-width';
import { printable } from './printable.ts';

/** One column of a table, or one line of an item's details. */
export interface Column<Item> {
  readonly title: string;
  readonly value: (item: Item) => string;
}

/** A table with a heading: columns as wide as their widest text is on a terminal, two spaces between them. */
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
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, stringWidth(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** A text that came from elsewhere, as it can stand in a line: printable, and with single spaces only. */
export function oneLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' '));
}
