import { Token } from 'aws-cdk-lib';
import { LONGEST_BOUND_SECONDS, LONGEST_RESULT_TTL_SECONDS } from '../lambdas/core/freshness.ts';
import { UNLIMITED } from '../lambdas/core/throttling-policy.ts';
import { backendsOf } from './backend.ts';
import { GuardedFunction } from './guarded-function.ts';
import type { KeyPlace } from './key-place.ts';
import type { ProtectedHttpApiProps } from './protected-http-api-props.ts';
import { throttlingProblems } from './throttling.ts';
import { trustedProxyProblems } from './trusted-proxies.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MAX_ROUTES = 300;
/** An update carries the document twice through an invocation of at most 256 KB. */
const MAX_DEFINITION_BYTES = 100 * 1024;
/** What a stage variable may hold, and what a parameter mapping can name. */
const PLACE_NAME = /^[A-Za-z0-9_-]{1,128}$/;
/** What parameter mapping cannot remove, or a client must be able to send beside its key. */
const RESERVED_HEADERS =
  /^(?:authorization|connection|content-(?:encoding|length|location)|cookie|forwarded|host|keep-alive|origin|proxy-(?:authenticate|authorization|connection)|referer|te|trailers?|transfer-encoding|upgrade|via|(?:access-control|apigw|x-amz|x-amzn|x-forwarded|x-keybound)-.*)$/i;
const CONTEXT = /^(?:\/[A-Za-z0-9$_.+!*'()-]+)+$/;

/** @throws Error that names everything about the API that cannot be served or guarded. */
export function checkProtectedHttpApi(props: ProtectedHttpApiProps, place: KeyPlace): void {
  const problems = [
    ...definitionProblems(props),
    ...keyChoiceProblems(props),
    ...keyPlaceProblems(place),
    ...policyProblems(props),
    ...freshnessProblems(props, place),
    ...corsProblems(props),
    ...refusalProblems(props),
    ...throttlingProblems(
      props.throttling,
      props.definition.operations.map(({ method, path }) => `${method} ${path}`),
    ),
    ...trustedProxyProblems(props.trustedProxies, place.header),
    ...edgeProblems(props),
    ...(CONTEXT.test(props.context)
      ? []
      : [`the context ${props.context} must begin with a slash, end without one, and be a path`]),
  ];
  if (problems.length > 0) {
    throw new Error(`${props.definition.title} ${props.definition.version}: ${problems.join('; ')}`);
  }
}

function definitionProblems({ definition }: ProtectedHttpApiProps): string[] {
  const problems: string[] = [];
  if (definition.operations.length > MAX_ROUTES) {
    problems.push(
      `it has ${definition.operations.length} operations; an HTTP API has at most ${MAX_ROUTES} routes`,
    );
  }
  const bytes = Buffer.byteLength(definition.json);
  if (bytes > MAX_DEFINITION_BYTES) {
    problems.push(
      `its definition has ${bytes} bytes as JSON; at most ${MAX_DEFINITION_BYTES} can be registered`,
    );
  }
  const pathByShape = new Map<string, string>();
  for (const { path } of definition.operations) {
    const shape = path.replaceAll(/\{[^}+]*(\+?)\}/g, '{$1}');
    const other = pathByShape.get(shape) ?? path;
    if (other !== path)
      problems.push(`the paths ${other} and ${path} differ only in the name of a parameter`);
    pathByShape.set(shape, path);
  }
  return problems;
}

function keyChoiceProblems({
  key,
  definition: { keyHeaders, keyQueryParameters },
}: ProtectedHttpApiProps): string[] {
  if (key !== undefined) return [];
  return [keyHeaders, keyQueryParameters]
    .filter((names) => names.length > 1)
    .map(
      (names) =>
        `the apiKey schemes of its document disagree (${names.join(', ')}): say with the property key which one it is`,
    );
}

function keyPlaceProblems({ header, queryParameter }: KeyPlace): string[] {
  const problems: string[] = [];
  if (header === undefined && queryParameter === undefined) {
    problems.push('its key must travel in a header or a query parameter');
  }
  for (const name of [header, queryParameter]) {
    if (name !== undefined && !Token.isUnresolved(name) && !PLACE_NAME.test(name)) {
      problems.push(`the key cannot travel in ${JSON.stringify(name)}: only letters, digits, - and _`);
    }
  }
  if (header !== undefined && RESERVED_HEADERS.test(header)) {
    problems.push(`the key cannot travel in the header ${header}: API Gateway could not take it out`);
  }
  return problems;
}

function policyProblems({ policies, subscription }: ProtectedHttpApiProps): string[] {
  if (policies === undefined) return [];
  if (subscription === 'optional') return ['an API without required subscription has no business plans'];
  return policies.length === 0 ? ['it needs at least one business plan'] : [];
}

function freshnessProblems(props: ProtectedHttpApiProps, place: KeyPlace): string[] {
  const { freshness } = props;
  switch (freshness?.mode) {
    case undefined:
    case 'strict':
      return [];
    case 'bounded':
      return isWithin(freshness.seconds, LONGEST_BOUND_SECONDS)
        ? []
        : [`the freshness bounded wants whole seconds from 1 to ${LONGEST_BOUND_SECONDS}`];
    case 'gateway':
      return [
        ...(isWithin(freshness.ttlSeconds, LONGEST_RESULT_TTL_SECONDS)
          ? []
          : [`the freshness gateway wants whole ttlSeconds from 1 to ${LONGEST_RESULT_TTL_SECONDS}`]),
        ...repetitionProblems(props, place),
      ];
    default:
      return [];
  }
}

/** What is wrong with an API for which API Gateway repeats decisions. */
function repetitionProblems(
  { subscription, policies, refusals }: ProtectedHttpApiProps,
  { header, queryParameter }: KeyPlace,
): string[] {
  const problems: string[] = [];
  if (header === undefined || queryParameter !== undefined) {
    problems.push(
      'the freshness gateway takes the key in a header only: API Gateway finds decisions by it, and cannot by a header or else a query parameter',
    );
  }
  if (subscription === 'required' && (policies?.length !== 1 || policies[0] !== UNLIMITED)) {
    problems.push(
      `the freshness gateway needs policies: ['${UNLIMITED}']: calls whose decision is repeated are not counted, so that no limit would hold`,
    );
  }
  if (refusals !== undefined) {
    problems.push(
      'the freshness gateway has no detailed refusals: API Gateway itself answers a call without a key',
    );
  }
  return problems;
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

function corsProblems({ cors }: ProtectedHttpApiProps): string[] {
  return cors?.allowCredentials === true && cors.allowOrigins.includes('*')
    ? ['browsers send no credentials to an API that allows the origin *: name the origins']
    : [];
}

function edgeProblems({
  integrationTimeout,
  disableExecuteApiEndpoint,
  domains,
  trustedProxies,
  freshness,
}: ProtectedHttpApiProps): string[] {
  const problems: string[] = [];
  if (integrationTimeout !== undefined) {
    const milliseconds = integrationTimeout.toMilliseconds({ integral: false });
    if (!Number.isInteger(milliseconds) || milliseconds < 1_000 || milliseconds > 30_000) {
      problems.push('integrationTimeout must be 1 to 30 seconds, in whole milliseconds');
    }
  }
  if (disableExecuteApiEndpoint === true && domains === undefined) {
    problems.push('with disableExecuteApiEndpoint and without domains nobody could reach it');
  }
  if (trustedProxies !== undefined && freshness?.mode === 'gateway') {
    problems.push(
      'the freshness gateway goes without trustedProxies: API Gateway finds decisions by the address of the TCP peer, so that it would repeat the decision about one client of an edge for the others',
    );
  }
  return problems;
}

/** The type says so already; what was built without it, or around it, must not pass either. */
function refusalProblems({ refusals, backend }: ProtectedHttpApiProps): string[] {
  if (refusals === undefined) return [];
  return Object.entries(backendsOf(backend))
    .filter(([, candidate]) => !(candidate instanceof GuardedFunction))
    .map(
      ([environment]) =>
        `with refusals: '${refusals}' API Gateway lets refused calls pass to the backend, whose guard answers them: the backend for ${environment} must be a GuardedFunction; a URL, and any other function, would serve refused calls`,
    );
}
