import type { z } from 'zod';
import type { CommandContext } from '../command-context.ts';
import { detailLines, tableLines, type Column } from '../output/table.ts';
import { readList, type ListFlags } from '../rest/read-list.ts';
import { decode, type Query } from '../rest/rest-client.ts';

/** Reads a list and shows it as a table. */
export async function showList<Item>(
  { rest, output }: CommandContext,
  request: {
    readonly path: string;
    readonly flags: ListFlags;
    readonly query?: Query;
    readonly schema: z.ZodType<Item>;
    readonly columns: readonly Column<Item>[];
    /** What is said of an empty list. */
    readonly none: string;
  },
): Promise<void> {
  const { answer, list, more } = await readList(rest, request.path, request.flags, request.query);
  output.show(answer, () =>
    tableLines(
      request.columns,
      list.map((item) => decode(request.schema, item)),
    ),
  );
  if (list.length === 0) output.note(request.none);
  if (more !== undefined) output.note(more);
}

/** Shows one thing, a line for each of its fields. */
export function showDetails<Item>(
  { output }: CommandContext,
  answer: unknown,
  schema: z.ZodType<Item>,
  columns: readonly Column<Item>[],
): void {
  output.show(answer, () => detailLines(columns, decode(schema, answer)));
}
