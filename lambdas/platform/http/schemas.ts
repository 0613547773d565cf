import { z } from 'zod';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Says that a field is missing where it is, and what it must be otherwise. */
export function must(be: string): { readonly error: z.core.$ZodErrorMap } {
  return { error: ({ input }) => (input === undefined ? 'is required' : `must be ${be}`) };
}

/** An id that Keybound gave. */
export const Id = z.string(must('a UUID')).regex(UUID, 'must be a UUID in lower case');

/** Text for people: neither empty nor blank at its ends, without control characters or lone surrogates. */
export function label(maxLength: number): z.ZodType<string> {
  return z
    .string(must('a text'))
    .min(1, 'must not be empty')
    .max(maxLength, `must have at most ${maxLength} characters`)
    .refine((text) => text === text.trim(), 'must not begin or end with white space')
    .refine(isPlainText, 'must not have control characters');
}

/** Text for people that may be empty and may have line breaks. */
export function note(maxLength: number): z.ZodType<string> {
  return z
    .string(must('a text'))
    .max(maxLength, `must have at most ${maxLength} characters`)
    .refine((text) => isPlainText(text.replace(/[\n\t]/g, '')), 'must not have control characters');
}

function isPlainText(text: string): boolean {
  return !/\p{Cc}/u.test(text) && text.isWellFormed();
}

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;

/** `limit` and `offset` of a list. Query parameters are texts. */
export const paging = {
  limit: wholeNumber(1, MAX_LIMIT).default(DEFAULT_LIMIT),
  offset: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
};

export interface Paging {
  readonly limit: number;
  readonly offset: number;
}

function wholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/, `must be a whole number from ${least}`)
    .transform(Number)
    .pipe(z.number().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`));
}

/** WSO2's list: `count` of this page, and `pagination` with links to the pages beside it. */
export function listPage<T>(
  path: string,
  all: readonly T[],
  { limit, offset }: Paging,
  view: (item: T) => unknown,
) {
  const list = all.slice(offset, offset + limit).map(view);
  const link = (start: number) => `${path}?limit=${limit}&offset=${start}`;
  return {
    count: list.length,
    list,
    pagination: {
      offset,
      limit,
      total: all.length,
      next: offset + limit < all.length ? link(offset + limit) : '',
      previous: offset > 0 ? link(Math.max(0, offset - limit)) : '',
    },
  };
}
