import { CfnIntegration, CfnRoute, type CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { referredTo, type ApiPart } from '../checks/api-parts.ts';

/** A route of an API, as far as it matters for keys. */
export interface ReadRoute {
  readonly route: CfnRoute;
  /** Whether it wants a key. */
  readonly isKeyed: boolean;
  /** The integration that it leads to; `undefined`: none that this app makes for this API. */
  readonly integration: CfnIntegration | undefined;
}

export function readRoutes(parts: readonly ApiPart[], authorizer: CfnAuthorizer): readonly ReadRoute[] {
  const integrations = new Set(parts.filter((part) => part instanceof CfnIntegration));
  return parts
    .filter((part) => part instanceof CfnRoute)
    .map((route) => {
      const target = referredTo(route.target ?? '');
      return {
        route,
        isKeyed: route.authorizerId !== undefined && referredTo(route.authorizerId) === authorizer,
        integration: target instanceof CfnIntegration && integrations.has(target) ? target : undefined,
      };
    });
}

/** `[method, path]` of a route; `$default` takes every method. */
export function methodAndPath({ routeKey }: CfnRoute): readonly [method: string, path: string] {
  const [method = '', path] = routeKey.split(' ');
  return path === undefined ? ['ANY', `/${method}`] : [method, path];
}

/**
 * Problems of routes. `shadowedBy`: the name of a stage that takes the paths that begin with it away from the stage
 * `$default`; `undefined`: none does.
 */
export function routeProblems(
  routes: readonly ReadRoute[],
  shadowedBy: string | undefined,
): readonly string[] {
  return routes.flatMap(({ route, isKeyed, integration }) => {
    const problems: string[] = [];
    if (integration === undefined) {
      problems.push(
        'leads to an integration that this app does not make for its API, so that nothing can take the key out: give the route an integration of its own',
      );
    }
    if (isKeyed && route.authorizationType !== 'CUSTOM') {
      problems.push(
        `has the authorization type ${String(route.authorizationType)}: leave it to the authorizer`,
      );
    }
    if (isKeyed && (route.authorizationScopes ?? []).length > 0) {
      problems.push(
        'has authorization scopes, which keys do not have: remove them, or defaultAuthorizationScopes',
      );
    }
    const [, path] = methodAndPath(route);
    if (shadowedBy !== undefined && path.split('/')[1] === shadowedBy) {
      problems.push(
        `cannot be reached on the stage $default: API Gateway takes /${shadowedBy} for the stage; give the sandbox another name with stageNames`,
      );
    }
    return problems.map((problem) => `the route ${route.routeKey} (${route.node.path}) ${problem}`);
  });
}
