import { accessLogLine } from './respond/access-log.ts';
import type { Authorization } from './authorize/authorization.ts';
import type { AuthorizerContext } from './authorize/authorizer-context.ts';
import { NO_AUTHORIZER } from './authorize/authorizer-context.ts';
import type { AuthorizeDependencies } from './authorize/authorize-request.ts';
import { authorizeRequest } from './authorize/authorize-request.ts';
import type { JwtDependencies } from './authorize/authorize-jwt.ts';
import { authorizeJwt } from './authorize/authorize-jwt.ts';
import type { ResponseFacts } from './route/context-variable.ts';
import { preflightResponse, withCorsHeaders } from './respond/cors.ts';
import type { ErrorStatus } from './respond/error-response.ts';
import { errorMessage, errorResponse } from './respond/error-response.ts';
import type { HeaderEntry, HttpResponse } from './receive/http-message.ts';
import { integrateHttp } from './integrate/integrate-http.ts';
import { integrateLambda } from './integrate/integrate-lambda.ts';
import type { LoadedApi } from './route/load-api.ts';
import { mapResponse } from './respond/map-response.ts';
import { matchRoute } from './route/match-route.ts';
import type { WriteAccessLog } from './model.ts';
import { absentAuthorizerValue, mapHeaders, mapQuery, render } from './integrate/parameter-mapping.ts';
import { formatQuery } from './receive/query-string.ts';
import type { RequestFacts, RoutedRequest } from './receive/request-facts.ts';
import type { SelectionFacts } from './route/select-value.ts';
import type { BackendClient } from './integrate/send-backend-request.ts';
import type { Throttle } from './receive/throttle.ts';

export interface ServeDependencies extends AuthorizeDependencies, JwtDependencies {
  readonly apis: ReadonlyMap<string, LoadedApi>;
  readonly backend: BackendClient;
  readonly writeAccessLog: WriteAccessLog;
  readonly throttle: Throttle;
}

/** An answer together with what the access log says about how it came to be. */
interface Served {
  readonly response: HttpResponse;
  readonly routeKey?: string;
  readonly authorizer: AuthorizerContext;
  readonly log: Partial<ResponseFacts>;
}

/** Serves one request of a stage from preflight to access log. Never rejects for what a function or backend did. */
export async function serveRequest(
  request: RequestFacts,
  dependencies: ServeDependencies,
): Promise<HttpResponse> {
  const served = await answer(request, dependencies);
  const response: HttpResponse = {
    ...served.response,
    headers: [...served.response.headers, ['apigw-requestid', request.requestId]],
  };
  const { accessLog } = request.stage;
  if (accessLog !== undefined) {
    const { routeKey, authorizer, log } = served;
    const line = accessLogLine(accessLog.format, {
      request,
      ...(routeKey === undefined ? {} : { routeKey }),
      authorizer,
      response: {
        ...log,
        status: response.status,
        responseLength: response.body.length,
        responseLatencyMilliseconds: dependencies.clock() - request.timeEpochMilliseconds,
      },
    });
    dependencies.writeAccessLog(accessLog.destinationArn, line);
  }
  return response;
}

async function answer(request: RequestFacts, dependencies: ServeDependencies): Promise<Served> {
  const loaded = dependencies.apis.get(request.api.apiId);
  const match = loaded && matchRoute(loaded.routes, request.method, request.routePath);
  // An authorizer on `$default` gets preflights, too.
  const isCaught = match?.route.routeKey === '$default' && match.route.authorization.type !== 'NONE';
  const preflight = isCaught
    ? undefined
    : preflightResponse(request.api.cors, request.method, request.headers);
  if (preflight !== undefined) return { response: preflight, authorizer: NO_AUTHORIZER, log: {} };
  if (match === undefined) return refuse(404, undefined);
  const routed: RoutedRequest = { ...request, ...match };
  const { api, stage, route } = routed;
  if (!dependencies.throttle.take(api.apiId, stage, route.routeKey)) return refuse(429, routed);
  const authorization = await authorize(routed, dependencies);
  if (authorization.outcome === 'refused') {
    const { status, error } = authorization;
    // Seen on 401 and 403 of authorizers of the real service.
    const headers =
      status === 500
        ? authorization.headers
        : withCorsHeaders(api.cors, routed.headers, authorization.headers ?? []);
    return refuse(status, routed, headers, error === undefined ? {} : { authorizerError: error });
  }
  return integrate(routed, authorization.context, dependencies);
}

async function authorize(request: RoutedRequest, dependencies: ServeDependencies): Promise<Authorization> {
  const { authorization } = request.route;
  switch (authorization.type) {
    case 'NONE':
      return { outcome: 'allowed', context: NO_AUTHORIZER };
    case 'CUSTOM':
      return authorizeRequest(authorization.authorizer, request, dependencies);
    case 'JWT':
      return authorizeJwt(authorization.authorizer, authorization.scopes, request, dependencies);
  }
}

async function integrate(
  request: RoutedRequest,
  authorizer: AuthorizerContext,
  dependencies: ServeDependencies,
): Promise<Served> {
  const { integration, routeKey } = request.route;
  const compiled = dependencies.apis.get(request.api.apiId)?.integrations.get(request.route);
  const facts: SelectionFacts = { request, routeKey, authorizer, pathParameters: request.pathParameters };
  const absent = compiled && absentAuthorizerValue(compiled.request, facts);
  if (absent !== undefined) {
    return refuse(500, request, [], { integrationError: `${absent} has no value` }, authorizer);
  }
  const mappedPath = compiled?.request.path && render(compiled.request.path, facts);
  const changes = compiled?.request.query ?? [];
  const query = mapQuery(request.query, changes, facts);
  const mapped = {
    path: mappedPath ?? request.path,
    query,
    // An untouched query keeps the client's own spelling.
    rawQueryString: changes.length === 0 ? request.rawQueryString : formatQuery(query),
    headers: mapHeaders(request.headers, compiled?.request.headers ?? [], facts),
  };
  const startedAt = dependencies.clock();
  const result =
    integration.type === 'AWS_PROXY'
      ? await integrateLambda(integration, request, mapped, authorizer, dependencies)
      : await integrateHttp(integration, request, mapped, mappedPath, dependencies.backend);
  const latency = { integrationLatencyMilliseconds: dependencies.clock() - startedAt };
  if ('failed' in result) {
    return refuse(result.failed, request, [], { ...latency, integrationError: result.error }, authorizer);
  }
  const log = { ...latency, integrationStatus: result.status };
  const response = mapResponse(result, compiled?.responses.get(result.status), facts);
  if (response === undefined) return refuse(500, request, [], log, authorizer);
  const headers = withCorsHeaders(request.api.cors, request.headers, response.headers);
  return { response: { ...response, headers }, routeKey, authorizer, log };
}

function refuse(
  status: ErrorStatus,
  request: RoutedRequest | undefined,
  headers: readonly HeaderEntry[] = [],
  log: Partial<ResponseFacts> = {},
  authorizer: AuthorizerContext = NO_AUTHORIZER,
): Served {
  return {
    response: errorResponse(status, headers),
    ...(request === undefined ? {} : { routeKey: request.route.routeKey }),
    authorizer,
    log: { ...log, errorMessage: errorMessage(status) },
  };
}
