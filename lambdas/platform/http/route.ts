import { z } from 'zod';
import { Fault, notFound, type FieldProblem } from '../../core/fault.ts';
import type { Caller } from '../../core/caller.ts';
import type { Role } from './read-caller.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** `body`: a JSON value; absent for an empty body. */
export interface RouteResponse {
  readonly status: 200 | 201;
  readonly body?: unknown;
}

/** A request before validation. `body`: the parsed JSON, `undefined` when there was none. */
export interface RawRequest {
  readonly caller: Caller;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A request whose parts are what the route's schemas promise. */
export interface RouteRequest<Params, Query, Body> {
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** One operation of a management API, ready to be called with an unread request. */
export interface Route {
  readonly method: Method;
  /** Whole path with parameters in braces: `/api/am/devportal/v3/apis/{apiId}`. */
  readonly path: string;
  readonly operationId: string;
  /** Who may call it: a caller with any one of these roles. */
  readonly roles: readonly Role[];
  readonly takesBody: boolean;
  /** @throws Fault `bad_request` with a problem a wrong field, `not_found` for a path parameter that is no id. */
  readonly answer: (request: RawRequest) => Promise<RouteResponse>;
}

interface RouteDefinition<Params, Query, Body> extends Omit<Route, 'answer' | 'takesBody'> {
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  readonly body: z.ZodType<Body>;
  readonly handle: (request: RouteRequest<Params, Query, Body>) => Promise<RouteResponse>;
}

/** The path has no parameters. */
export const noParams = z.strictObject({});
/** The query string must be empty. */
export const noQuery = z.strictObject({});
/** What is sent as a body does not count. */
export const noBody = z.unknown();

/** Ties the schemas and the handler of an operation together. */
export function defineRoute<Params, Query, Body>(definition: RouteDefinition<Params, Query, Body>): Route {
  const { params, query, body, handle, ...route } = definition;
  const takesBody = !Object.is(body, noBody);
  return {
    ...route,
    takesBody,
    answer: async (request) => {
      const path = params.safeParse(request.params);
      if (!path.success) throw notFound('resource');
      const problems: FieldProblem[] = [];
      const asked = read(query, request.query, problems);
      const sent = read(body, request.body, problems);
      if (asked === undefined || sent === undefined) {
        throw new Fault('bad_request', 'The request is not valid.', { problems });
      }
      return handle({ caller: request.caller, params: path.data, query: asked.data, body: sent.data });
    },
  };
}

function read<T>(
  schema: z.ZodType<T>,
  value: unknown,
  problems: FieldProblem[],
): { readonly data: T } | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result;
  problems.push(...result.error.issues.map(problemOf));
  return undefined;
}

/** Says what is wrong without repeating the value: it could be a secret. */
function problemOf({ path, message }: z.core.$ZodIssue): FieldProblem {
  return { field: path.join('.'), message };
}
