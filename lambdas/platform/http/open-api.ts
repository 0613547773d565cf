import { FAULTS, type FaultCode } from '../../core/http/fault.ts';
import { openApiComponents, securityRequirement, type NamedSchemas } from './open-api-components.ts';
import { bodyContent, parameterSchemas, type Json } from './open-api-schemas.ts';
import { noResponseBody, type Route } from './route.ts';

/** A management API as its OpenAPI document presents it. */
export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  /** Path that all its operations begin with: `/api/am/devportal/v3`. */
  readonly base: string;
}

/**
 * The OpenAPI 3.1 document of an API, made from the schemas that validate its requests.
 * @throws Error for a schema that JSON Schema cannot say, or two schemas of one name.
 */
export function openApiDocument(
  { title, description, base }: ApiDescription,
  routes: readonly Route[],
): Json {
  const schemas: NamedSchemas = new Map();
  const paths = new Map<string, Json>();
  for (const route of routes) {
    const path = route.path.slice(base.length);
    paths.set(path, { ...paths.get(path), [route.method.toLowerCase()]: operation(route, schemas) });
  }
  const tags = new Set(routes.map(({ tag }) => tag));
  return {
    openapi: '3.1.0',
    info: {
      title,
      description,
      version: base.slice(base.lastIndexOf('/') + 1),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: base }],
    tags: [...tags].map((name) => ({ name })),
    paths: Object.fromEntries(paths),
    components: openApiComponents(
      schemas,
      routes.flatMap(({ roles }) => roles),
    ),
  };
}

function operation(route: Route, schemas: NamedSchemas): Json {
  const { operationId, summary, description, tag, roles, supports = [], takesBody } = route;
  const parameters = [
    ...parameterSchemas('path', route.schemas.params, schemas),
    ...parameterSchemas('query', route.schemas.query, schemas),
    ...(roles.includes('developer') ? [{ $ref: '#/components/parameters/Group' }] : []),
    ...(supports.includes('if-match') ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
    ...(supports.includes('idempotency-key') ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ];
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    // Any one of the roles will do: each is a requirement of its own.
    security: roles.map(securityRequirement),
    ...(parameters.length > 0 && { parameters }),
    ...(takesBody && {
      requestBody: { required: true, content: bodyContent(route.schemas.body, 'input', schemas) },
    }),
    responses: { ...success(route, schemas), ...refusals(route) },
  };
}

const SUCCESSES = { 200: 'Done.', 201: 'Created.', 204: 'No thumbnail.' } as const;

function success({ status, response, csvColumns, supports = [] }: Route, schemas: NamedSchemas): Json {
  const headers = {
    ...(status === 201 && { Location: { $ref: '#/components/headers/Location' } }),
    ...(supports.includes('etag') && { ETag: { $ref: '#/components/headers/ETag' } }),
    ...(supports.includes('idempotency-key') && {
      'Idempotent-Replayed': { $ref: '#/components/headers/IdempotentReplayed' },
    }),
  };
  return {
    [status]: {
      description: SUCCESSES[status],
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(!Object.is(response, noResponseBody) && {
        content: {
          ...bodyContent(response, 'output', schemas),
          ...(csvColumns !== undefined && { 'text/csv': { schema: csvSchema(csvColumns) } }),
        },
      }),
    },
  };
}

function csvSchema(columns: readonly (readonly string[])[]): Json {
  const rows = columns.map((row) => row.join(', '));
  return { type: 'string', description: `With a header row: ${rows.join('; or ')}.` };
}

/** The refusals that an operation can answer with. */
export function faultsOf({ method, path, takesBody, supports = [] }: Route): readonly FaultCode[] {
  const changes = method !== 'GET';
  const possible: Readonly<Record<FaultCode, boolean>> = {
    bad_request: true,
    unauthenticated: true,
    forbidden: true,
    not_found: changes || path.includes('{'),
    method_not_allowed: false,
    conflict: changes,
    precondition_failed: supports.includes('if-match'),
    too_large: takesBody,
    unsupported_media_type: takesBody,
    unprocessable: supports.includes('idempotency-key'),
    unavailable: true,
  };
  return FAULT_CODES.filter((code) => possible[code]);
}

/** The compiler keeps it complete: `possible` above names every code. */
const FAULT_CODES = codesOf(FAULTS);

function codesOf<Code extends string>(table: Readonly<Record<Code, unknown>>): readonly Code[] {
  const isCode = (name: string): name is Code => Object.hasOwn(table, name);
  return Object.keys(table).filter(isCode);
}

function refusals(route: Route): Json {
  return Object.fromEntries(
    faultsOf(route).map((code) => [FAULTS[code].status, { $ref: `#/components/responses/${code}` }]),
  );
}
