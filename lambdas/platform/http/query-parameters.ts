import { z } from 'zod';

/**
 * The query parameters that a read looks at. Like WSO2, reads ignore parameters that they do not know, and take an empty
 * one (`query=`) for none. Changes are strict: a misspelt filter must not widen what they reach.
 */
export function knownParameters(
  schema: z.ZodType,
  sent: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const names = schema instanceof z.ZodObject ? new Set(Object.keys(schema.shape)) : undefined;
  return Object.fromEntries(
    Object.entries(sent).filter(([name, value]) => value !== '' && (names?.has(name) ?? true)),
  );
}

const Page = z.looseObject({ pagination: z.looseObject({ next: z.string(), previous: z.string() }) });
/** Where a page is: each link has its own. */
const IN_LINKS = ['limit', 'offset', 'cursor'];

/** Keeps the filters of a list in the links to the pages beside it: without them the next page would be of another list. */
export function withParametersInLinks<Response extends { readonly body?: unknown }>(
  response: Response,
  parameters: Readonly<Record<string, unknown>>,
): Response {
  const filters = Object.entries(parameters).filter(([name]) => !IN_LINKS.includes(name));
  const page = filters.length > 0 ? Page.safeParse(response.body).data : undefined;
  if (page === undefined) return response;
  const link = (to: string): string => {
    if (to === '') return '';
    const [path = '', named = ''] = to.split('?', 2);
    const query = new URLSearchParams(named);
    for (const [name, value] of filters) if (!query.has(name)) query.set(name, String(value));
    return `${path}?${query.toString()}`;
  };
  const { next, previous } = page.pagination;
  const pagination = { ...page.pagination, next: link(next), previous: link(previous) };
  return { ...response, body: { ...page, pagination } };
}
