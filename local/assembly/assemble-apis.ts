import type { HttpApi, Route, RouteAuthorization } from '../gateway/model.ts';
import { CannotRunError } from './cannot-run-error.ts';
import type { ApiParts, RouteParts } from './deployment.ts';

/**
 * Puts the collected parts of each API together.
 * @throws CannotRunError for a route whose integration or authorizer is not there, a route key given twice, or more
 * than an API can have.
 */
export function assembleApis(apis: ReadonlyMap<string, ApiParts>): HttpApi[] {
  return Array.from(apis.values(), (parts) => {
    refuseTooMany(parts);
    const seen = new Set<string>();
    for (const { routeKey, place } of parts.routes) {
      if (seen.has(routeKey)) throw new CannotRunError(place, `the API has another route ${routeKey}`);
      seen.add(routeKey);
    }
    return {
      apiId: parts.apiId,
      name: parts.name,
      executeApiEndpointDisabled: parts.executeApiEndpointDisabled,
      ...(parts.cors === undefined ? {} : { cors: parts.cors }),
      routes: parts.routes.map((route) => assembleRoute(parts, route)),
      stages: parts.stages,
    };
  });
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
function refuseTooMany({ place, routes, integrations, authorizers }: ApiParts): void {
  for (const [what, count, most] of [
    ['routes', routes.length, 300],
    ['integrations', integrations.size, 300],
    ['authorizers', authorizers.size, 10],
  ] as const) {
    if (count > most) throw new CannotRunError(place, `the API has ${count} ${what}, of at most ${most}`);
  }
}

function assembleRoute(parts: ApiParts, route: RouteParts): Route {
  const integration = parts.integrations.get(route.integrationId);
  if (integration === undefined) {
    throw new CannotRunError(
      { ...route.place, path: 'Properties.Target' },
      `the API has no integration ${route.integrationId}`,
    );
  }
  return {
    routeId: route.routeId,
    routeKey: route.routeKey,
    authorization: routeAuthorization(parts, route),
    integration,
  };
}

function routeAuthorization(parts: ApiParts, route: RouteParts): RouteAuthorization {
  if (route.authorizationType === 'NONE') return { type: 'NONE' };
  const found = parts.authorizers.get(route.authorizerId ?? '');
  const place = { ...route.place, path: 'Properties.AuthorizerId' };
  if (found === undefined) {
    throw new CannotRunError(place, `the API has no authorizer ${route.authorizerId ?? '(none given)'}`);
  }
  if (found.type !== route.authorizationType) {
    throw new CannotRunError(place, `a ${found.type} authorizer on a ${route.authorizationType} route`);
  }
  return found.type === 'JWT' ? { ...found, scopes: route.scopes } : found;
}
