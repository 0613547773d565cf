import type { Construct } from 'constructs';
import { backendsOf } from './backend.ts';
import { corsProblems } from '../internal/checks/check-cors.ts';
import { domainProblems } from '../internal/checks/check-domains.ts';
import { GuardedFunction } from './guarded-function.ts';
import { keyedApiProblems } from './keyed-api-check.ts';
import type { KeyLocation } from './key-location.ts';
import { operationProblems } from '../open-api/check-operations.ts';
import type { ProtectedHttpApiProps } from './protected-http-api-props.ts';
import { throttlingProblems } from './throttling.ts';
import { definitionSizeProblems } from '../open-api/registered-definition.ts';

/** @throws Error that names everything about the API that cannot be served or guarded. */
export function checkProtectedHttpApi(
  scope: Construct,
  props: ProtectedHttpApiProps,
  location: KeyLocation,
): void {
  const { definition, key, cors } = props;
  const problems = [
    ...operationProblems(definition, key),
    ...definitionSizeProblems(definition),
    ...keyedApiProblems(props, location),
    ...corsProblems(cors, definition),
    ...refusalProblems(props),
    ...throttlingProblems(
      props.throttling,
      props.definition.operations.map(({ method, path }) => `${method} ${path}`),
    ),
    ...edgeProblems(props),
    ...domainProblems(scope, props),
  ];
  if (problems.length > 0) {
    throw new Error(`${definition.title} ${definition.version}: ${problems.join('; ')}`);
  }
}

function edgeProblems({
  integrationTimeout,
  disableExecuteApiEndpoint,
  domains,
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
  return problems;
}

/** The type says so already; what was built without it, or around it, must not pass either. */
function refusalProblems({ refusals, backend, freshness }: ProtectedHttpApiProps): string[] {
  if (refusals === undefined) return [];
  return [
    ...(freshness?.mode === 'gateway'
      ? ['the freshness gateway has no detailed refusals: API Gateway itself answers a call without a key']
      : []),
    ...Object.entries(backendsOf(backend))
      .filter(([, candidate]) => !(candidate instanceof GuardedFunction))
      .map(
        ([environment]) =>
          `with refusals: '${refusals}' API Gateway lets refused calls pass to the backend, whose guard answers them: the backend for ${environment} must be a GuardedFunction; a URL, and any other function, would serve refused calls`,
      ),
  ];
}
