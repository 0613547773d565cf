import { z } from 'zod';
import { countOf } from '../../core/general/count-of.ts';
import { holdsKeyValue } from '../../core/keys/key-value.ts';
import { charactersOf, isPlainNote, isPlainText, NOT_PLAIN_TEXT } from '../../core/general/plain-text.ts';
import { UUID } from '../../core/general/uuid.ts';

/** Says that a field is missing where it is, and what it must be otherwise, better than `explainIssue` would. */
export function must(be: string): { readonly error: z.core.$ZodErrorMap } {
  return { error: ({ input }) => (input === undefined ? 'is required' : `must be ${be}`) };
}

/** An id that Keybound gave. */
export const Id = z.string(must('a UUID')).regex(UUID, 'must be a UUID in lower case');

/** Text for people on a single line: neither empty nor blank at its ends. */
export function label(maxLength: number): z.ZodType<string> {
  return plainText(maxLength, isPlainText, 1)
    .refine((text) => text !== '', 'must not be empty')
    .refine((text) => text === text.trim(), 'must not begin or end with white space');
}

/** Text for people that may be empty and may have line breaks. */
export function note(maxLength: number): z.ZodType<string> {
  return plainText(maxLength, isPlainNote);
}

/** What stands in a header or beside one: a single line, which may be empty. */
export function line(maxLength: number): z.ZodType<string> {
  return plainText(maxLength, isPlainText);
}

/** Refuses the value of a key where any text is possible: what is stored or sent on would give it away. */
export function withoutKey<Text extends z.ZodType<string>>(text: Text): Text {
  return text.refine((given) => !holdsKeyValue(given), 'must not hold the value of a key');
}

/**
 * Text that others read. It is kept in Unicode's normal form C, so that what looks the same is the same. `maxLength`
 * counts characters, as the documents of the APIs do; each has at most four bytes.
 */
function plainText(maxLength: number, isPlain: (text: string) => boolean, minLength?: number) {
  const text = z
    .string()
    .normalize('NFC')
    .refine(
      (given) => charactersOf(given) <= maxLength,
      `must have at most ${countOf(maxLength, 'character')}`,
    )
    .refine(isPlain, NOT_PLAIN_TEXT)
    .meta({ ...(minLength !== undefined && { minLength }), maxLength });
  return withoutKey(text);
}

const DEFAULT_LIMIT = 25;
/** Entries of one page at most. */
export const LARGEST_PAGE = 1_000;

/** `limit` and `offset` of a list. Query parameters are texts. */
export const paging = {
  limit: pageLimit(DEFAULT_LIMIT),
  offset: wholeNumber(0, Number.MAX_SAFE_INTEGER, 0),
};

/** The same for a list that clients expect whole when they name no `limit`: WSO2's has no pages. */
export const wholeList = { ...paging, limit: pageLimit(LARGEST_PAGE) };

/** How far lists that only grow can be read: what lies before a page is read with it. */
export const LARGEST_OFFSET = 10_000;
export const nearPaging = { ...paging, offset: wholeNumber(0, LARGEST_OFFSET, 0) };

export interface Paging {
  readonly limit: number;
  readonly offset: number;
}

/** Clients ask for 5,000 to get all: more than a page holds is a full page, and `pagination.next` tells the rest. */
export function pageLimit(usual: number) {
  return z
    .string()
    .regex(/^\d{1,400}$/, 'must be a whole number from 1')
    .transform((text) => Math.min(Number(text), LARGEST_PAGE))
    .pipe(z.number().min(1, 'must be at least 1'))
    .default(usual)
    .meta({
      type: 'integer',
      minimum: 1,
      default: usual,
      description: `More than ${LARGEST_PAGE} counts as ${LARGEST_PAGE}.`,
    });
}

function wholeNumber(least: number, most: number, usual: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, `must be a whole number from ${least}`)
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`))
    .default(usual)
    .meta({ type: 'integer', minimum: least, maximum: most, default: usual });
}

/** What `listPage` answers, with this schema for each entry. */
export function listOf(item: z.ZodType) {
  return z.strictObject({ count: z.int().min(0), list: z.array(item), pagination: Pagination });
}

const Pagination = z
  .strictObject({
    offset: z.int().min(0),
    limit: z.int().min(1),
    /** Lists that span owners are not counted. */
    total: z.int().min(0).exactOptional(),
    next: z.string().describe('Path of the next page; empty on the last.'),
    previous: z.string().describe('Path of the previous page; empty on the first.'),
  })
  .meta({ id: 'Pagination' });

/** How a list is ordered, by WSO2's names. */
export const SORT_ORDERS = ['asc', 'desc'] as const;

/** In order of a text of each; those with the same text stay as they are. */
export function sortedBy<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  order: (typeof SORT_ORDERS)[number],
): readonly T[] {
  const ascending = items.toSorted((one, other) => textOf(one).localeCompare(textOf(other), 'en'));
  return order === 'asc' ? ascending : ascending.toReversed();
}

/** WSO2's list: `count` of this page, and `pagination` with links to the pages beside it. */
export function listPage<T>(
  path: string,
  all: readonly T[],
  { limit, offset }: Paging,
  view: (item: T) => unknown,
) {
  const list = all.slice(offset, offset + limit).map(view);
  const { pagination, ...page } = uncountedPage(path, list, { limit, offset }, offset + limit < all.length);
  return { ...page, pagination: { ...pagination, total: all.length } };
}

/** The same for a list that is not counted, whose page is `list`. */
export function uncountedPage(
  path: string,
  list: readonly unknown[],
  { limit, offset }: Paging,
  hasMore: boolean,
) {
  const link = (start: number) => `${path}?limit=${limit}&offset=${start}`;
  return {
    count: list.length,
    list,
    pagination: {
      offset,
      limit,
      next: hasMore ? link(offset + limit) : '',
      previous: offset > 0 ? link(Math.max(0, offset - limit)) : '',
    },
  };
}

/** As far as 15 digits reach. A date reaches farther, but what ends after a later time may end at none that exists. */
const LATEST_MILLISECONDS = 999_999_999_999_999;

/** Milliseconds since the epoch; `NaN` also for a day that its month does not have, which `Date` takes for a later one. */
function parseTime(text: string): number {
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const isDay = !Number.isNaN(day.getTime()) && text.startsWith(day.toISOString().slice(0, 10));
  return isDay ? Date.parse(text) : Number.NaN;
}

/** A point in time in a query: ISO 8601 with a time zone, or milliseconds since the epoch. */
export const instant = z
  .string()
  .regex(
    /^(?:\d{1,15}|\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?)$/,
    'must be a time in ISO 8601, such as 2026-01-31T12:00:00Z, or milliseconds since the epoch',
  )
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : parseTime(text)))
  .pipe(z.number('must be a time that exists'))
  .meta({ type: 'string', format: 'date-time' });

/** The same in a body, where milliseconds may also be a number. */
export const bodyInstant = z.union(
  [instant, z.int().min(0).max(LATEST_MILLISECONDS)],
  must('a time in ISO 8601, such as 2026-01-31T12:00:00Z, or milliseconds since the epoch'),
);
