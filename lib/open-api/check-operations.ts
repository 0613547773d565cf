import type { KeyLocation } from '../constructs/key-location.ts';
import type { OpenApiDocument, Operation } from './open-api-document.ts';
import { routeProblem } from './route-key.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const MOST_ROUTES = 300;
/** Operations that share a problem are not all named. */
const MOST_NAMED = 5;

/** Problems that keep the operations of a document from being routes that require a key. */
export function operationProblems(
  definition: OpenApiDocument,
  key: KeyLocation | undefined,
): readonly string[] {
  const { operations, keyCookies = [] } = definition;
  return [
    ...countProblems(operations),
    ...routeProblems(operations),
    ...shapeProblems(operations),
    ...securityProblems(operations),
    ...(key === undefined ? locationProblems({ ...definition, keyCookies }) : []),
  ];
}

/** Ways in that the document offers and Keybound closes; not an error, since a key is one of the ways. */
export function closedWayWarnings({ operations }: OpenApiDocument): readonly string[] {
  return byReason(operations, ({ closedWays }) => closedWays?.join(', ')).map(
    ([ways, named]) =>
      `${named}: its document also accepts ${ways}, which Keybound does not let in: here it requires a key`,
  );
}

function countProblems(operations: readonly Operation[]): string[] {
  return operations.length > MOST_ROUTES
    ? [
        `it has ${operations.length} operations; an HTTP API has at most ${MOST_ROUTES} routes: split the document, or put operations below one path together as ANY /{proxy+} (x-amazon-apigateway-any-method)`,
      ]
    : [];
}

function routeProblems(operations: readonly Operation[]): string[] {
  return byReason(operations, routeProblem).map(([reason, named]) => `${named}: ${reason}`);
}

function shapeProblems(operations: readonly Operation[]): string[] {
  const problems: string[] = [];
  const pathByShape = new Map<string, string>();
  for (const { path } of operations) {
    const shape = path.replaceAll(/\{[^}+]*(\+?)\}/g, '{$1}');
    const other = pathByShape.get(shape) ?? path;
    if (other !== path) {
      problems.push(`the paths ${other} and ${path} differ only in the name of a parameter`);
    }
    pathByShape.set(shape, path);
  }
  return problems;
}

/** An operation that its document closes to keys is neither opened to them nor closed to everybody: who wrote it decides. */
function securityProblems(operations: readonly Operation[]): string[] {
  return byReason(operations, ({ refusesKey }) => refusesKey).map(
    ([reason, named]) =>
      `${named}: by its security it ${reason}, but every route here requires an API key and nothing else: add an apiKey scheme to its security as an alternative, or remove it from the document`,
  );
}

function locationProblems({
  operations,
  keyHeaders,
  keyQueryParameters,
  keyCookies,
}: Omit<OpenApiDocument, 'keyCookies'> & { readonly keyCookies: readonly string[] }): string[] {
  const inCookies = byReason(operations, ({ keyCookie }) => keyCookie).map(
    ([cookie, named]) => `${named}: its document wants the key in the cookie ${cookie}, ${NO_COOKIES}`,
  );
  const isElsewhere = keyHeaders.length + keyQueryParameters.length > 0;
  if (inCookies.length === 0 && !isElsewhere && keyCookies.length > 0) {
    inCookies.push(`its document wants the key in the cookie ${keyCookies.join(', ')}, ${NO_COOKIES}`);
  }
  return [
    ...inCookies,
    ...[keyHeaders, keyQueryParameters]
      .filter((names) => names.length > 1)
      .map(
        (names) =>
          `the apiKey schemes of its document disagree (${names.join(', ')}): name the right one with the property key`,
      ),
  ];
}

const NO_COOKIES =
  'and API Gateway cannot remove a cookie from a call: name a header with the property key, or change the scheme to in: header';

/** Each reason with the operations that have it, in the order of the document. */
function byReason(
  operations: readonly Operation[],
  reasonOf: (operation: Operation) => string | undefined,
): readonly (readonly [reason: string, named: string])[] {
  const found = new Map<string, Operation[]>();
  for (const operation of operations) {
    const reason = reasonOf(operation);
    if (reason !== undefined) found.set(reason, [...(found.get(reason) ?? []), operation]);
  }
  return [...found].map(([reason, sharing]) => {
    const named = sharing
      .slice(0, MOST_NAMED)
      .map(({ method, path }) => `${method} ${path}`)
      .join(', ');
    const rest = sharing.length - MOST_NAMED;
    return [reason, rest > 0 ? `${named} and ${rest} more` : named] as const;
  });
}
