import { z } from 'zod';
import { Fault, notFound, type FieldProblem } from '../../core/http/fault.ts';
import type { Caller } from '../../core/http/caller.ts';
import { readIdempotencyKey, type IdempotentRequest } from '../../core/http/idempotency.ts';
import { readIfMatch, type IfMatch } from '../../core/http/if-match.ts';
import type { Csv } from './csv.ts';
import { explainIssue, problemOf } from './explain-issue.ts';
import { knownParameters, withParametersInLinks } from './query-parameters.ts';
import type { Role } from '../../contract/roles.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A header that an operation heeds, or answers with. Others are ignored. */
export type Support = 'etag' | 'if-match' | 'idempotency-key';

/** `body`: a JSON value; absent for an empty body, and when there is `csv`. */
export interface RouteResponse {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
  /** Instead: a table with one of the route's `csvColumns`. */
  readonly csv?: Csv;
  /** Path of what was created. */
  readonly location?: string;
  /** Of the resource in the body: its `ETag`. */
  readonly version?: number;
  /** The answer to an earlier request with the same `Idempotency-Key`. */
  readonly replayed?: boolean;
}

/** A request before validation. `body`: the parsed JSON, `undefined` when there was none. */
export interface RawRequest {
  readonly caller: Caller;
  /** Of the caller: those that a route is for, and others. */
  readonly roles: ReadonlySet<string>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A request whose parts are what the route's schemas promise. */
export interface RouteRequest<Params, Query, Body> {
  readonly caller: Caller;
  /** For a route of several roles, to tell them apart. */
  readonly roles: ReadonlySet<string>;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** For a route that supports `if-match`: the versions that the caller accepts. */
  readonly ifMatch?: IfMatch;
  /** For a route that supports `idempotency-key`. */
  readonly idempotency?: IdempotentRequest;
}

/** What validates the parts of a request. */
export interface RouteSchemas<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  readonly body: z.ZodType<Body>;
}

/** One operation of a management API, ready to be called with an unread request. */
export interface Route {
  readonly method: Method;
  /** Whole path with parameters in braces: `/api/am/devportal/v3/apis/{apiId}`. */
  readonly path: string;
  readonly operationId: string;
  /** What it does, in a few words; `tag` names the chapter of the document that it belongs to. */
  readonly summary: string;
  /** What the summary leaves out. */
  readonly description?: string;
  readonly tag: string;
  /** Who may call it: a caller with any one of these roles. */
  readonly roles: readonly Role[];
  /** Whether it shows the same to everybody: see `definePublicRoute`. */
  readonly isPublic?: boolean;
  readonly supports?: readonly Support[];
  /** Status and body of its success. */
  readonly status: RouteResponse['status'];
  /** `noResponseBody`, or the schema of what is in the body, nothing else allowed. */
  readonly response: z.ZodType;
  /** For a route that can also answer with comma-separated values: the header rows that they can have. */
  readonly csvColumns?: readonly (readonly string[])[];
  readonly schemas: RouteSchemas;
  readonly takesBody: boolean;
  /** @throws Fault `bad_request` with a problem a wrong field, `not_found` for a path parameter that is no id. */
  readonly answer: (request: RawRequest) => Promise<RouteResponse>;
}

interface RouteDefinition<Params, Query, Body>
  extends Omit<Route, 'answer' | 'schemas' | 'takesBody'>, RouteSchemas<Params, Query, Body> {
  readonly handle: (request: RouteRequest<Params, Query, Body>) => Promise<RouteResponse>;
}

/** The path has no parameters. */
export const noParams = z.strictObject({});
/** There are no query parameters: reads ignore what is sent, changes refuse it. */
export const noQuery = z.strictObject({});
/** What is sent as a body does not count. */
export const noBody = z.unknown();
/** The answer has no body. */
export const noResponseBody = z.undefined();

/** Ties the schemas and the handler of an operation together. */
export function defineRoute<Params, Query, Body>(definition: RouteDefinition<Params, Query, Body>): Route {
  const { params, query, body, handle, ...route } = definition;
  const takesBody = !Object.is(body, noBody);
  return {
    ...route,
    schemas: { params, query, body },
    takesBody,
    answer: async (request) => {
      const path = params.safeParse(request.params);
      if (!path.success) throw notFound('resource');
      const problems: FieldProblem[] = [];
      const known = route.method === 'GET' ? knownParameters(query, request.query) : request.query;
      const asked = read('query', query, known, problems);
      const sent = read('body', body, request.body, problems);
      if (asked === undefined || sent === undefined) {
        throw new Fault('bad_request', 'The request is not valid.', { problems });
      }
      const response = await handle({
        caller: request.caller,
        roles: request.roles,
        params: path.data,
        query: asked.data,
        body: sent.data,
        ...readHeaders(route, request),
      });
      return withParametersInLinks(response, known);
    },
  };
}

function readHeaders(
  { operationId, supports = [] }: Pick<Route, 'operationId' | 'supports'>,
  { headers, params, query, body }: RawRequest,
): Pick<RouteRequest<unknown, unknown, unknown>, 'ifMatch' | 'idempotency'> {
  const ifMatch = supports.includes('if-match') ? headers['if-match'] : undefined;
  const key = supports.includes('idempotency-key') ? headers['idempotency-key'] : undefined;
  return {
    ...(ifMatch !== undefined && { ifMatch: readIfMatch(ifMatch) }),
    ...(key !== undefined && {
      idempotency: { key: readIdempotencyKey(key), content: { operationId, params, query, body } },
    }),
  };
}

function read<T>(
  place: 'body' | 'query',
  schema: z.ZodType<T>,
  value: unknown,
  problems: FieldProblem[],
): { readonly data: T } | undefined {
  const result = schema.safeParse(value, { error: explainIssue });
  if (result.success) return result;
  problems.push(...result.error.issues.map((issue) => problemOf(place, issue)));
  return undefined;
}
