import { CsvError, parse } from 'csv-parse/sync';

/**
 * Reads comma-separated values (RFC 4180): quoted fields may hold commas, line breaks and doubled quotation marks. Spaces
 * around a field are no part of it, unless they are in its quotation marks.
 * @param isSingleQuoted whether single quotation marks count in the column with this heading. Elsewhere they are
 * apostrophes.
 * @returns undefined when quotation marks are not as they must be.
 */
export function parseCsv(
  text: string,
  isSingleQuoted: (heading: string) => boolean = () => false,
): readonly (readonly string[])[] | undefined {
  const quoted = new Set<string>();
  try {
    const rows = parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      trim: true,
      cast: (value, { quoting, records, index }) => {
        if (quoting) quoted.add(`${records} ${index}`);
        return value;
      },
    });
    const at = rows[0]?.findIndex(isSingleQuoted) ?? -1;
    return rows.map((cells, row) =>
      row === 0 || quoted.has(`${row} ${at}`) ? cells : joinQuoted(cells, at),
    );
  } catch (error) {
    // Its message would repeat the file.
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** A whole text in single quotation marks, in which they are doubled. */
const SINGLE_QUOTED = /^'((?:[^']|'')*)'$/;

/** Joins the cells that the commas of such a text split it into. */
function joinQuoted(cells: readonly string[], at: number): readonly string[] {
  if (cells[at]?.startsWith("'") !== true) return cells;
  for (let end = at + 1; end <= cells.length; end += 1) {
    const [, text] = SINGLE_QUOTED.exec(cells.slice(at, end).join(',')) ?? [];
    if (text !== undefined) return [...cells.slice(0, at), text.replaceAll("''", "'"), ...cells.slice(end)];
  }
  return cells;
}
