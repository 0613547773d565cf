import { z } from 'zod';
import { toggleFlag, wholeNumberFlag } from '../parsing/flags.ts';
import { PaginationAnswer } from './answers.ts';
import { decode, type Query, type RestClient } from './rest-client.ts';

const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 25;

/** Flags of every command that lists. */
export const listFlags = {
  limit: wholeNumberFlag('NUMBER', 1, MAX_LIMIT, `entries on a page, up to ${MAX_LIMIT} (default 25)`),
  offset: wholeNumberFlag('NUMBER', 0, Number.MAX_SAFE_INTEGER, 'entries to skip'),
  all: toggleFlag('all pages'),
} as const;

export interface ListFlags {
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  readonly all: boolean;
}

const Page = z.looseObject({
  list: z.array(z.unknown()),
  pagination: PaginationAnswer.optional(),
});

/** A list as the server gives it; with --all, `list` holds what is on all pages. */
export interface ListAnswer {
  /** For `--json`. */
  readonly answer: unknown;
  readonly list: readonly unknown[];
  /** Says that there is more, and how to see it. */
  readonly more?: string;
}

export async function readList(
  rest: RestClient,
  path: string,
  { limit, offset, all }: ListFlags,
  query: Query = {},
): Promise<ListAnswer> {
  // Of all there is, each page holds as much as it can, whatever --limit says.
  const size = all ? MAX_LIMIT : (limit ?? DEFAULT_LIMIT);
  const first = await rest.get(path, { ...query, limit: size, offset });
  const page = decode(Page, first);
  if (!all) {
    const next = (page.pagination?.offset ?? 0) + page.list.length;
    const more = hasNext(page) ? moreOf(page.list.length, next, page.pagination?.total) : undefined;
    return { answer: first, list: page.list, ...(more !== undefined && { more }) };
  }
  const list = [...page.list];
  for (let current = page; hasNext(current);) {
    current = decode(Page, await rest.get(path, { ...query, limit: MAX_LIMIT, ...placeBehind(current) }));
    list.push(...current.list);
  }
  return { answer: { ...page, count: list.length, list, pagination: undefined }, list };
}

/** Everything that matches, page by page. */
export async function readAll<T>(
  rest: RestClient,
  path: string,
  schema: z.ZodType<T>,
  query: Query = {},
): Promise<readonly T[]> {
  const { list } = await readList(rest, path, { all: true }, query);
  return list.map((item) => decode(schema, item));
}

function hasNext({ list, pagination }: z.infer<typeof Page>): boolean {
  const next = pagination?.next ?? '';
  // A page that names a cursor can be empty: looking through what does not match takes its time.
  return next !== '' && (list.length > 0 || cursorOf(next) !== undefined);
}

/** Start of the next page: the server's cursor or, for a list without one, the number of entries before it. */
function placeBehind({ list, pagination }: z.infer<typeof Page>): Query {
  const cursor = cursorOf(pagination?.next ?? '');
  return cursor === undefined ? { offset: (pagination?.offset ?? 0) + list.length } : { cursor };
}

function cursorOf(next: string): string | undefined {
  return new URL(next, 'https://management.invalid').searchParams.get('cursor') ?? undefined;
}

function moreOf(count: number, next: number, total: number | undefined): string {
  const of =
    total === undefined ? 'There are more' : `${count === 1 ? 'This is' : 'These are'} ${count} of ${total}`;
  return `${of}. Continue with --offset ${next}, or use --all.`;
}
