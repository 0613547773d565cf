import { messageOf } from '../../message-of.ts';
import { cachingProblem } from '../authorize/authorizer-cache.ts';
import type { RouteTable } from './match-route.ts';
import { compileRoutes } from './match-route.ts';
import type { HttpApi, Integration, RequestAuthorizer, Route } from '../model.ts';
import type { CompiledMapping } from '../integrate/parameter-mapping.ts';
import { compileMapping } from '../integrate/parameter-mapping.ts';
import { parseSelection } from './selection-expression.ts';

/** The mappings of one integration, checked. */
export interface CompiledIntegration {
  readonly request: CompiledMapping;
  /** By the status code that the integration answers. */
  readonly responses: ReadonlyMap<number, CompiledMapping>;
}

/** An API that can be served. */
export interface LoadedApi {
  readonly routes: RouteTable;
  readonly integrations: ReadonlyMap<Route, CompiledIntegration>;
}

/** A configuration that API Gateway would not accept, or that this gateway cannot serve faithfully. */
export class GatewayConfigurationError extends Error {
  readonly code = 'GATEWAY_CONFIGURATION';
  readonly apiName: string;

  constructor(apiName: string, problem: string, cause: unknown) {
    super(`API "${apiName}": ${problem}`, { cause });
    this.name = 'GatewayConfigurationError';
    this.apiName = apiName;
  }
}

/** Throws GatewayConfigurationError naming the API and the route key, parameter or authorizer at fault. */
export function loadApi(api: HttpApi): LoadedApi {
  try {
    for (const { authorization } of api.routes) {
      if (authorization.type === 'CUSTOM') checkAuthorizer(authorization.authorizer);
      if (authorization.type === 'JWT') checkSources([authorization.authorizer.identitySource]);
    }
    return {
      routes: compileRoutes(api.routes),
      integrations: new Map(api.routes.map((route) => [route, compileIntegration(route.integration)])),
    };
  } catch (error) {
    throw new GatewayConfigurationError(api.name, messageOf(error), error);
  }
}

function compileIntegration(integration: Integration): CompiledIntegration {
  const responses = Object.entries(integration.responseParameters).map(
    ([status, mapping]) => [Number(status), compileMapping(mapping, 'response')] as const,
  );
  return {
    request: compileMapping(integration.requestParameters, 'request'),
    responses: new Map(responses),
  };
}

function checkAuthorizer(authorizer: RequestAuthorizer): void {
  checkSources(authorizer.identitySources);
  const problem = cachingProblem(authorizer);
  if (problem !== undefined) throw new Error(`authorizer ${authorizer.authorizerId}: ${problem}`);
}

function checkSources(sources: readonly string[]): void {
  for (const source of sources) {
    const from = parseSelection(source)?.from;
    const allowed = ['request.header', 'request.querystring', 'context', 'stageVariables'];
    if (from === undefined || !allowed.includes(from)) {
      throw new Error(`cannot read the identity source "${source}"`);
    }
  }
}
