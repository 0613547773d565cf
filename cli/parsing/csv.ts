/** A field in quotation marks, which may have spaces around it, and what ends it (RFC 4180). */
const DOUBLE = /[ \t]*"((?:[^"]|"")*)"[ \t]*(,|\r?\n|\r|$)/y;
/** The same in single quotation marks, on one line. */
const SINGLE = /[ \t]*'((?:[^'\r\n]|'')*)'[ \t]*(,|\r?\n|\r|$)/y;
const PLAIN = /([^",\r\n]*)(,|\r?\n|\r|$)/y;

/**
 * Reads comma-separated values: quoted fields may hold commas, line breaks and doubled quotation marks.
 * @param isSingleQuoted whether single quotation marks count in the column with this heading. Elsewhere they are
 * apostrophes.
 * @returns undefined when quotation marks are not as they must be.
 */
export function parseCsv(
  text: string,
  isSingleQuoted: (heading: string) => boolean = () => false,
): readonly (readonly string[])[] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length || row.length > 0;) {
    const heading = rows[0]?.[row.length];
    const field =
      readField(DOUBLE, text, at, '""') ??
      (heading !== undefined && isSingleQuoted(heading) ? readField(SINGLE, text, at, "''") : undefined) ??
      readField(PLAIN, text, at);
    if (field === undefined) return undefined;
    row.push(field.value);
    at = field.next;
    if (field.end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function readField(form: RegExp, text: string, at: number, doubled?: '""' | "''") {
  form.lastIndex = at;
  const [all, value = '', end = ''] = form.exec(text) ?? [];
  if (all === undefined) return undefined;
  return {
    value: doubled === undefined ? value : value.replaceAll(doubled, doubled.slice(1)),
    end,
    next: at + all.length,
  };
}
