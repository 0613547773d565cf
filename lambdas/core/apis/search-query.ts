import type { FieldProblem } from '../http/fault.ts';

/** One term of a query. Case does not matter. */
export interface SearchTerm<Field extends string> {
  readonly field: Field;
  readonly matches: (text: string) => boolean;
}

export type SearchReading<Field extends string> =
  { readonly terms: readonly SearchTerm<Field>[] } | { readonly problem: FieldProblem['message'] };

/** One term: an optional field, and a value that is quoted or reaches to the next blank. */
const TERM = /\s*(?:([^\s:"]+):)?(?:"([^"]*)"|([^\s"]+))(?=\s|$)/gy;
const FIELD_NAME = /^[A-Za-z][A-Za-z-]{0,29}$/;

/**
 * Reads a query in WSO2's grammar: terms joined by blanks, all required. `name:pizza` is a part of the name, `name:Pizza*`
 * its beginning (`*` stands for anything), `name:"PizzaShackAPI"` the whole of it; a term without a field is about `usual`.
 * @param fields by the name that queries use for them.
 */
export function readSearchQuery<Field extends string>(
  query: string,
  fields: Readonly<Record<string, Field>>,
  usual: Field,
): SearchReading<Field> {
  const terms: SearchTerm<Field>[] = [];
  let end = 0;
  for (const [text, name, quoted, bare = ''] of query.matchAll(TERM)) {
    // A field without a value, or a value without a field.
    if (name === undefined && bare.includes(':')) break;
    const field = name === undefined ? usual : fieldOf(fields, name);
    if (field === undefined) return { problem: unknownField(name ?? '', Object.keys(fields)) };
    terms.push({ field, matches: quoted === undefined ? matcherOf(bare) : equalTo(quoted) });
    end += text.length;
  }
  return query.slice(end).trim() === ''
    ? { terms }
    : { problem: 'must be terms such as name:pizza or name:"Pizza Shack", joined by blanks' };
}

function fieldOf<Field extends string>(
  fields: Readonly<Record<string, Field>>,
  name: string,
): Field | undefined {
  const wanted = name.toLowerCase();
  return Object.hasOwn(fields, wanted) ? fields[wanted] : undefined;
}

/** Repeats what looks like the name of a field, and nothing that could be a secret. */
function unknownField(name: string, known: readonly string[]): string {
  const what = FIELD_NAME.test(name) ? `${name}: is not understood` : 'names an unknown field';
  return `${what}; search by ${known.map((field) => `${field}:`).join(', ')}`;
}

function equalTo(value: string): (text: string) => boolean {
  const wanted = value.toLowerCase();
  return (text) => text.toLowerCase() === wanted;
}

/** Without a pattern of its own from the outside: what stands between asterisks is found one after the other. */
function matcherOf(value: string): (text: string) => boolean {
  const parts = value.toLowerCase().split('*');
  if (parts.length === 1) return (text) => text.toLowerCase().includes(value.toLowerCase());
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  return (text) => {
    const lower = text.toLowerCase();
    if (!lower.startsWith(first) || !lower.endsWith(last)) return false;
    let from = first.length;
    for (const part of parts.slice(1, -1)) {
      const at = lower.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return from <= lower.length - last.length;
  };
}
