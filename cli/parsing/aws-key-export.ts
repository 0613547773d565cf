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
}

/**
 * Reads a key export. Columns are found by their headings, in any order, upper or lower case.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
 * @throws CommandFailure `usage`, which never repeats what is in the file: it could be a value.
 */
export function readKeyExport(text: string): readonly ExportedKey[] {
  const [heading, ...rows] = parseCsv(text.replace(/^\ufeff/, '')) ?? fail('a quotation mark is not closed');
  const names = (heading ?? []).map((name) => name.trim().toLowerCase());
  const column = (name: string) => names.indexOf(name);
  if (column('name') < 0 || column('key') < 0) fail('its first row must name the columns Name and key');
  return rows.flatMap((cells, index) => {
    const row = index + 2;
    if (cells.every((cell) => cell.trim() === '')) return [];
    const cell = (name: string) => cells[column(name)]?.trim() ?? '';
    const enabled = cell('enabled').toLowerCase();
    if (cell('key') === '') fail(`row ${row} has no key`);
    if (!['', 'true', 'false'].includes(enabled)) fail(`row ${row}: Enabled must be TRUE or FALSE`);
    return [
      {
        row,
        name: cell('name'),
        value: cell('key'),
        description: cell('description'),
        isEnabled: enabled !== 'false',
        usagePlanIds: cell('usageplanids'),
      },
    ];
  });
}

function fail(reason: string): never {
  throw usageFailure(`The file is no key export of API Gateway: ${reason}.`);
}
