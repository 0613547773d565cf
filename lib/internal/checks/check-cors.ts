import type { OpenApiDocument } from '../../open-api/open-api-document.ts';
import { takesEveryMethod } from '../../open-api/route-key.ts';
import type { CorsSettings } from '../../constructs/protected-http-api-props.ts';

/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html */
const MOST_MAX_AGE_SECONDS = 86_400;

/** Problems of CORS settings that browsers or API Gateway would not follow as written. */
export function corsProblems(cors: CorsSettings | undefined, definition: OpenApiDocument): readonly string[] {
  if (cors === undefined) return [];
  const { maxAgeSeconds } = cors;
  return [
    ...(cors.allowCredentials === true ? wildcardProblems(cors) : []),
    ...(maxAgeSeconds === undefined ||
    (Number.isInteger(maxAgeSeconds) && maxAgeSeconds >= 0 && maxAgeSeconds <= MOST_MAX_AGE_SECONDS)
      ? []
      : [
          `cors.maxAgeSeconds is ${maxAgeSeconds}, and must be whole seconds from 0 to ${MOST_MAX_AGE_SECONDS}`,
        ]),
    ...(definition.operations.some(takesEveryMethod)
      ? [
          'with cors, its routes must name their methods: a route for ANY method, and $default, would take the preflight of browsers, which brings no key',
        ]
      : []),
  ];
}

/** https://fetch.spec.whatwg.org/#http-access-control-allow-methods */
function wildcardProblems({ allowOrigins, allowMethods = [], allowHeaders = [] }: CorsSettings): string[] {
  const problems: string[] = [];
  if (allowOrigins.includes('*')) {
    problems.push('browsers send no credentials to an API that allows the origin *: name the origins');
  }
  for (const [name, values] of [
    ['methods', allowMethods],
    ['headers', allowHeaders],
  ] as const) {
    if (!values.includes('*')) continue;
    problems.push(`with credentials, browsers take * among the allowed ${name} for a name: name the ${name}`);
  }
  return problems;
}

/** Warnings: harmless, but perhaps not what was meant. */
export function corsWarnings(cors: CorsSettings | undefined, definition: OpenApiDocument): readonly string[] {
  const isDeclared = definition.operations.some(({ method }) => method === 'OPTIONS');
  return cors !== undefined && isDeclared
    ? [
        'with cors, API Gateway answers the preflights of browsers itself; its OPTIONS operations get other calls',
      ]
    : [];
}

/** The methods that pages may use: those that were named; with credentials, those of the document, by name. */
export function allowedMethods(cors: CorsSettings, { operations }: OpenApiDocument): readonly string[] {
  if (cors.allowMethods !== undefined) return cors.allowMethods;
  return cors.allowCredentials === true
    ? [...new Set(operations.map(({ method }) => method))].toSorted()
    : ['*'];
}
