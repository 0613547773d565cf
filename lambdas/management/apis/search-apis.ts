import { readSearchQuery } from '../../core/apis/search-query.ts';
import { Fault } from '../../core/http/fault.ts';
import type { ApiItem } from '../../platform/dynamodb/items.ts';

/** The fields that APIs are searched by, as WSO2 names them. */
const FIELDS = {
  name: 'name',
  version: 'version',
  description: 'description',
  context: 'context',
  provider: 'provider',
  status: 'status',
  tag: 'tags',
  tags: 'tags',
} as const;
type Field = (typeof FIELDS)[keyof typeof FIELDS];

/** Syntax of a query, for the OpenAPI documents. */
export const API_QUERY =
  'Terms separated by spaces, all of which must match: part of a name, or `name:`, `version:`, `description:`, `context:`, `provider:`, `status:` or `tag:` with a part, a beginning (`Pizza*`) or the whole in quotes (`"PizzaShackAPI"`).';

/** The APIs that a query finds; all without one. @throws Fault `bad_request` that says what is not understood. */
export function searchApis(apis: readonly ApiItem[], query: string | undefined): readonly ApiItem[] {
  if (query === undefined) return apis;
  const reading = readSearchQuery<Field>(query, FIELDS, 'name');
  if ('problem' in reading) {
    throw new Fault('bad_request', 'The request is not valid.', {
      problems: [{ field: 'query', message: reading.problem }],
    });
  }
  return apis.filter((api) => reading.terms.every(({ field, matches }) => textsOf(api, field).some(matches)));
}

function textsOf(api: ApiItem, field: Field): readonly string[] {
  if (field === 'tags') return api.tags ?? [];
  return [field === 'status' ? api.lifecycle : api[field]];
}
