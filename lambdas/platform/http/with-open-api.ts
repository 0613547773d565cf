import { z } from 'zod';
import { openApiDocument, type ApiDescription } from './open-api.ts';
import { ROLES, type Role } from '../../contract/roles.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from './route.ts';

/** The routes of an API, and one that describes them all to whoever has any of the roles. */
export function withOpenApi(
  api: ApiDescription,
  routes: readonly Route[],
  roles: readonly Role[] = ROLES,
): readonly Route[] {
  let document: Readonly<Record<string, unknown>> | undefined;
  const all: readonly Route[] = [
    ...routes,
    defineRoute({
      method: 'GET',
      path: `${api.base}/openapi.json`,
      operationId: 'getOpenApiDocument',
      summary: 'Get this document',
      tag: 'About',
      roles,
      params: noParams,
      query: noQuery,
      body: noBody,
      status: 200,
      response: z.looseObject({ openapi: z.string() }),
      // Made when first asked for: a function that starts has better things to do.
      handle: () => Promise.resolve({ status: 200, body: (document ??= openApiDocument(api, all)) }),
    }),
  ];
  return all;
}
