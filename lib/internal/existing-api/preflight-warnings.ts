import { Token } from 'aws-cdk-lib';
import type { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { KeyLocation } from '../../constructs/key-location.ts';
import { methodAndPath, type ReadRoute } from './read-routes.ts';

/** Warns of what keeps pages from calling an API that is open to their origins. */
export function preflightWarnings(
  { corsConfiguration: cors }: CfnApi,
  routes: readonly ReadRoute[],
  { header }: KeyLocation,
): readonly string[] {
  if (cors === undefined || Token.isUnresolved(cors) || !('allowOrigins' in cors)) return [];
  const allowed = (cors.allowHeaders ?? []).map((name) => name.toLowerCase());
  const any = routes.find(({ route, isKeyed }) => isKeyed && methodAndPath(route)[0] === 'ANY');
  return [
    ...(header === undefined || allowed.includes('*') || allowed.includes(header.toLowerCase())
      ? []
      : [`pages cannot send the key: add ${header} to the allowHeaders of corsPreflight`]),
    ...(any === undefined
      ? []
      : [
          `the route ${any.route.routeKey} also takes the preflights of browsers, which bring no key, unless a route for OPTIONS without the authorizer does: name its methods`,
        ]),
  ];
}
