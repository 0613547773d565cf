import middy from '@middy/core';
import httpRouterHandler from '@middy/http-router';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Fault, notFound } from '../../core/http/fault.ts';
import { entityTagOf } from '../../core/http/if-match.ts';
import type { Log } from '../log.ts';
import { formatCsv, type Csv } from './csv.ts';
import { errorResponse, json } from './error-response.ts';
import { readJsonBody } from './read-body.ts';
import type { Identified } from './read-caller.ts';
import type { Route } from './route.ts';

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;
type Result = APIGatewayProxyStructuredResultV2;

/** The dependencies of serving routes. */
export interface HttpSettings {
  /** Says who calls, and in which roles. @throws Fault `unauthenticated` */
  readonly identify: (event: Event) => Promise<Identified>;
  readonly log: Log;
  /** Whether public routes are served to whoever asks. Default: no. */
  readonly isAnonymous?: boolean;
}

/**
 * Serves a table of routes behind an HTTP API. Every answer is JSON, or CSV where a route has columns; every error is
 * WSO2's error entity.
 */
export function serveRoutes(routes: readonly Route[], settings: HttpSettings) {
  // Without middy's own time-out: it would answer while a use case goes on to write.
  return middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .after(({ response }) => protect(response))
    .onError((request) => {
      request.response = errorResponse(request.error, request.event.requestContext.requestId, settings.log);
      protect(request.response);
    })
    .handler(
      httpRouterHandler<Event, Result>({
        routes: routes.map((route) => ({
          method: route.method,
          path: route.path,
          handler: (event: Event) => answer(route, event, settings),
        })),
        notFoundResponse: ({ path }) => {
          throw refuseUnknown(routes, path);
        },
      }),
    );
}

async function answer(route: Route, event: Event, settings: HttpSettings): Promise<Result> {
  const { caller, roles } = await whoAsks(route, event, settings);
  const { status, body, csv, location, version, replayed } = await route.answer({
    caller,
    roles,
    params: paramsOf(route, event),
    query: event.queryStringParameters ?? {},
    body: route.takesBody ? readJsonBody(event) : undefined,
    headers: event.headers,
  });
  const headers = {
    ...(location !== undefined && { location }),
    ...(version !== undefined && { etag: entityTagOf(version) }),
    ...(replayed === true && { 'idempotent-replayed': 'true' }),
  };
  if (csv !== undefined) return csvAnswer(route, status, csv);
  return body === undefined ? { statusCode: status, headers } : json(status, body, headers);
}

/** @throws Fault `unauthenticated`, `forbidden` */
async function whoAsks(route: Route, event: Event, settings: HttpSettings): Promise<Identified> {
  // Nobody verified a token for it: what the request says of its sender does not count.
  if (route.isPublic === true && settings.isAnonymous === true) return anybody(event);
  const identified = await settings.identify(event);
  if (!route.roles.some((role) => identified.roles.has(role))) {
    throw new Fault('forbidden', `This operation needs the role ${route.roles.join(' or ')}.`);
  }
  return identified;
}

function anybody({ requestContext: { http, requestId } }: Event): Identified {
  return { caller: { subject: '', name: '', sourceIp: http.sourceIp, requestId }, roles: new Set() };
}

/** To be saved as a file: a browser that shows it does so as plain text. */
function csvAnswer({ operationId }: Route, statusCode: number, { columns, rows }: Csv): Result {
  return {
    statusCode,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${operationId}.csv"`,
    },
    body: formatCsv(columns, rows),
  };
}

/** The parameters that the route names; the greedy route of the gateway has one of its own. */
function paramsOf({ path }: Route, { pathParameters }: Event): Record<string, string | undefined> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, pathParameters?.[name]]));
}

function refuseUnknown(routes: readonly Route[], path: string): Fault {
  const allowedMethods = routes.filter((route) => matches(route.path, path)).map((route) => route.method);
  if (allowedMethods.length === 0) return notFound('resource');
  return new Fault('method_not_allowed', 'This method is not allowed here.', { allowedMethods });
}

function matches(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => segment.startsWith('{') || segment === given[index])
  );
}

/** Answers may hold a key's value, always hold what is the caller's alone, and are never a page. */
const PROTECTIVE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
};

function protect(response: Result | null | undefined): void {
  if (response) response.headers = { ...response.headers, ...PROTECTIVE_HEADERS };
}
