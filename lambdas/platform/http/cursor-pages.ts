import { z } from 'zod';
import { Fault } from '../../core/http/fault.ts';
import { Place, readCursor, writeCursor } from './cursor.ts';
import { LARGEST_OFFSET, LARGEST_PAGE, pageLimit } from './schemas.ts';

const digits = z.string().regex(/^\d{1,16}$/, 'must be a whole number');

/** `limit`, `offset` and `cursor` of a list that only steps through what it lists. */
export const cursorPaging = {
  limit: pageLimit(LARGEST_PAGE),
  offset: digits
    .transform(Number)
    .pipe(z.number().max(LARGEST_OFFSET, `must be at most ${LARGEST_OFFSET}: follow pagination.next instead`))
    .exactOptional()
    .meta({ type: 'integer', minimum: 0, maximum: LARGEST_OFFSET })
    .describe('How many entries to skip; not together with `cursor`.'),
  cursor: z
    .string()
    .exactOptional()
    .describe('From `pagination.next`: continues after the previous page, with the same filter.'),
};

/** Where a page begins. */
export interface PageStart {
  readonly limit: number;
  /** How many entries lie before the page. */
  readonly offset: number;
  /** How many are still to be left out. */
  readonly skip: number;
  readonly behind?: string;
}

interface Asked {
  readonly limit: number;
  readonly offset?: number | undefined;
  readonly cursor?: string | undefined;
}

const State = z.object({
  behind: Place,
  offset: z.int().min(0),
  skip: z.int().min(0).max(LARGEST_OFFSET),
});

/**
 * Reads where a page begins.
 * @param binding the operation, the caller and the filter.
 * @throws Fault `bad_request` for a cursor of another request, or beside an offset.
 */
export function readPageStart({ limit, offset, cursor }: Asked, binding: unknown): PageStart {
  if (cursor === undefined) return { limit, offset: offset ?? 0, skip: offset ?? 0 };
  if (offset !== undefined) {
    throw new Fault('bad_request', 'The request is not valid.', {
      problems: [
        { field: 'offset', message: 'cannot be combined with cursor, which says where to continue' },
      ],
    });
  }
  return { limit, ...readCursor('cursor', cursor, binding, State) };
}

type Query = Readonly<Record<string, string | number | undefined>>;

/**
 * A page of such a list. `next` keeps the filter, and can lead to a page without entries: looking through many of them
 * takes more than one request. Only the last page has no `next`.
 * @param next behind which place the next page begins, and how many entries it is still to leave out.
 */
export function cursorPage(
  path: string,
  filter: Query,
  {
    start,
    list,
    next,
    binding,
  }: {
    readonly start: PageStart;
    readonly list: readonly unknown[];
    readonly next: { readonly position: string; readonly skip: number } | undefined;
    readonly binding: unknown;
  },
) {
  const { limit, offset } = start;
  const link = (where: Query) => `${path}?${parametersOf({ ...filter, limit, ...where })}`;
  const before = Math.max(0, offset - limit);
  const cursor =
    next === undefined
      ? undefined
      : writeCursor(binding, {
          behind: next.position,
          offset: offset + list.length,
          skip: next.skip,
        });
  return {
    count: list.length,
    list,
    pagination: {
      offset,
      limit,
      next: cursor === undefined ? '' : link({ cursor }),
      previous: offset > 0 && before <= LARGEST_OFFSET ? link({ offset: before }) : '',
    },
  };
}

function parametersOf(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.toString();
}
