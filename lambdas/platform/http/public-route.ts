import { noBody, defineRoute, type Route, type RouteResponse } from './route.ts';
import type { z } from 'zod';

interface PublicRoute<Params, Query> extends Omit<
  Route,
  'answer' | 'schemas' | 'takesBody' | 'method' | 'supports' | 'csvColumns' | 'isPublic'
> {
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  /** Is not told who asks: it can show nothing that is anybody's own. */
  readonly handle: (request: { readonly params: Params; readonly query: Query }) => Promise<RouteResponse>;
}

/**
 * A read that shows the same to everybody. Where the installation says so, it is served without a token; see
 * `KeyboundStackProps.anonymousCatalogue`.
 */
export function definePublicRoute<Params, Query>({
  params,
  query,
  handle,
  ...route
}: PublicRoute<Params, Query>): Route {
  return defineRoute({
    ...route,
    method: 'GET',
    body: noBody,
    isPublic: true,
    params,
    query,
    handle: (request) => handle({ params: request.params, query: request.query }),
  });
}
