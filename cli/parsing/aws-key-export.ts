import { usageFailure } from '../failures.ts';
import { parseCsv } from './csv.ts';

/** A row of the file that API Gateway exports the keys of REST APIs to. */
export interface ExportedKey {
  /** As a spreadsheet counts: the heading is row 1. */
  readonly row: number;
  readonly name: string;
  readonly value: string;
  readonly description: string;
  readonly isEnabled: boolean;
  /** Separated by commas; '' for none. */
  readonly usagePlanIds: string;
  /** The row further down that has the same value, and counts instead. */
  readonly replacedBy?: number;
}

const COLUMNS = ['name', 'key', 'description', 'enabled', 'usageplanids'] as const;
type Column = (typeof COLUMNS)[number];
const ENABLED: Readonly<Record<string, boolean>> = { '': true, true: true, false: false };

/**
 * Reads a key export as its format says: columns by their headings, in any order, upper or lower case; others are
 * ignored. Only the usage plans can stand in single quotation marks, too. Of rows with the same value the last counts.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
 * @throws CommandFailure `usage`, which never repeats what is in the file: it could be a value.
 */
export function readKeyExport(text: string): readonly ExportedKey[] {
  const rows = parseCsv(text.replace(/^\ufeff/, ''), (heading) => columnOf(heading) === 'usageplanids');
  if (rows === undefined) return fail('a quotation mark is not closed');
  const [heading = [], ...others] = rows;
  const cellsOf = reader(heading);
  const keys = others.flatMap((cells, index) =>
    cells.every((cell) => cell.trim() === '') ? [] : [readRow(cellsOf(cells, index + 2), index + 2)],
  );
  const last = new Map(keys.map(({ value, row }) => [value, row]));
  return keys.map((key) => {
    const replacedBy = last.get(key.value);
    return replacedBy === undefined || replacedBy === key.row ? key : { ...key, replacedBy };
  });
}

function reader(heading: readonly string[]) {
  const names = heading.map(columnOf);
  for (const column of COLUMNS) {
    if (names.filter((name) => name === column).length > 1) fail(`its first row names ${column} twice`);
  }
  if (!names.includes('name') || !names.includes('key')) {
    fail('its first row must name the columns Name and key');
  }
  return (cells: readonly string[], row: number) => {
    // A comma in a text without quotation marks would move what follows into other columns, a value among it.
    if (cells.slice(names.length).some((cell) => cell.trim() !== '')) {
      fail(`row ${row} has more cells than the first row`);
    }
    return (column: Column) => cells[names.indexOf(column)]?.trim() ?? '';
  };
}

function readRow(cell: (column: Column) => string, row: number): ExportedKey {
  const value = cell('key');
  if (value === '') fail(`row ${row} has no key`);
  const isEnabled = ENABLED[cell('enabled').toLowerCase()];
  if (isEnabled === undefined) return fail(`row ${row}: Enabled must be TRUE or FALSE`);
  const [name, description, plans] = [cell('name'), cell('description'), cell('usageplanids')];
  const usagePlanIds = plans
    .replaceAll(/^['"]|['"]$/g, '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
    .join(',');
  return { row, name, value, description, isEnabled, usagePlanIds };
}

function columnOf(heading: string): string {
  return heading.trim().toLowerCase();
}

function fail(reason: string): never {
  throw usageFailure(`The file is no key export of API Gateway: ${reason}.`);
}
