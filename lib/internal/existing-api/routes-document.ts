import type { CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import type { KeyLocation } from '../../constructs/key-location.ts';
import { methodAndPath } from './read-routes.ts';

/** An OpenAPI document that says of routes no more than that they are there and want a key. */
export function routesDocument(
  {
    title,
    version,
    description = '',
  }: { readonly title: string; readonly version: string; readonly description?: string },
  routes: readonly CfnRoute[],
  location: KeyLocation,
): string {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const [method, path] = methodAndPath(route);
    const field = method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase();
    const parameters = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }));
    paths[path] = {
      ...paths[path],
      [field]: {
        ...(parameters.length > 0 && { parameters }),
        responses: { default: { description: 'The answer of the API.' } },
      },
    };
  }
  const schemes = Object.fromEntries(
    [
      ['header', location.header],
      ['query', location.queryParameter],
    ].flatMap(([place, name]) =>
      place === undefined || name === undefined ? [] : [[place, { type: 'apiKey', in: place, name }]],
    ),
  );
  return JSON.stringify({
    openapi: '3.0.3',
    info: { title, version, ...(description !== '' && { description }) },
    paths,
    components: { securitySchemes: schemes },
    security: Object.keys(schemes).map((scheme) => ({ [scheme]: [] })),
  });
}
