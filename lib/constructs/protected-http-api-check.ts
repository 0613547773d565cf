import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LONGEST_BOUND_SECONDS, LONGEST_RESULT_TTL_SECONDS } from '../../lambdas/core/decision/freshness.ts';
import { UNLIMITED } from '../../lambdas/core/limits/throttling-policy.ts';
import { backendsOf } from './backend.ts';
import { corsProblems } from '../internal/checks/check-cors.ts';
import { domainProblems } from '../internal/checks/check-domains.ts';
import { GuardedFunction } from './guarded-function.ts';
import type { KeyPlace } from './key-place.ts';
import { operationProblems } from '../open-api/check-operations.ts';
import type { ProtectedHttpApiProps } from './protected-http-api-props.ts';
import { throttlingProblems } from './throttling.ts';
import { trustedProxyProblems } from './trusted-proxies.ts';
import { definitionSizeProblems } from '../open-api/registered-definition.ts';

/** What a stage variable may hold, and what a parameter mapping can name. */
const PLACE_NAME = /^[A-Za-z0-9_-]{1,128}$/;
/** What parameter mapping cannot remove, or a client must be able to send beside its key. */
const RESERVED_HEADERS =
  /^(?:authorization|connection|content-(?:encoding|length|location)|cookie|forwarded|host|keep-alive|origin|proxy-(?:authenticate|authorization|connection)|referer|te|trailers?|transfer-encoding|upgrade|via|(?:access-control|apigw|x-amz|x-amzn|x-forwarded|x-keybound)-.*)$/i;

/** @throws Error that names everything about the API that cannot be served or guarded. */
export function checkProtectedHttpApi(scope: Construct, props: ProtectedHttpApiProps, place: KeyPlace): void {
  const { definition, key, cors } = props;
  const problems = [
    ...operationProblems(definition, key),
    ...definitionSizeProblems(definition),
    ...keyPlaceProblems(place),
    ...policyProblems(props),
    ...freshnessProblems(props, place),
    ...corsProblems(cors, definition),
    ...refusalProblems(props),
    ...throttlingProblems(
      props.throttling,
      props.definition.operations.map(({ method, path }) => `${method} ${path}`),
    ),
    ...trustedProxyProblems(props.trustedProxies, place.header),
    ...edgeProblems(props),
    ...domainProblems(scope, props),
  ];
  if (problems.length > 0) {
    throw new Error(`${definition.title} ${definition.version}: ${problems.join('; ')}`);
  }
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
    problems.push('with disableExecuteApiEndpoint and without domains, nobody could reach it');
  }
  if (trustedProxies !== undefined && freshness?.mode === 'gateway') {
    problems.push(
      'trustedProxies cannot be combined with the freshness gateway: API Gateway caches decisions by the address of the TCP peer, and would repeat the decision about one client of an edge for the others',
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
