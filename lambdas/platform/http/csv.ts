/** One row of a table: texts, or numbers, which are written as they are. */
export type CsvRow = readonly (string | number)[];

/** A table with its header row. */
export interface Csv {
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * Text that a spreadsheet could take for a formula, or for the end of the cell before one.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/**
 * Comma-separated values with a header row (RFC 4180). A text that a spreadsheet could take for a formula gets an
 * apostrophe in front: others choose some of the texts.
 */
export function formatCsv(columns: readonly string[], rows: readonly CsvRow[]): string {
  return [columns, ...rows].map((row) => `${row.map(formatField).join(',')}\r\n`).join('');
}

function formatField(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
