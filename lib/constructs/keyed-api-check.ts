import { Token } from 'aws-cdk-lib';
import { LONGEST_BOUND_SECONDS, LONGEST_RESULT_TTL_SECONDS } from '../../lambdas/core/decision/freshness.ts';
import { UNLIMITED } from '../../lambdas/core/limits/throttling-policy.ts';
import type { KeyedApiProps } from './keyed-api-props.ts';
import type { KeyLocation } from './key-location.ts';
import { trustedProxyProblems } from './trusted-proxies.ts';

/** A name that a stage variable can hold and a parameter mapping can name. */
const LOCATION_NAME = /^[A-Za-z0-9_-]{1,128}$/;
/** Headers that parameter mapping cannot remove, or that a client must be able to send beside its key. */
const RESERVED_HEADERS =
  /^(?:authorization|connection|content-(?:encoding|length|location)|cookie|forwarded|host|keep-alive|origin|proxy-(?:authenticate|authorization|connection)|referer|te|trailers?|transfer-encoding|upgrade|via|(?:access-control|apigw|x-amz|x-amzn|x-forwarded|x-keybound)-.*)$/i;

/** Problems of the properties that every API with keys has. */
export function keyedApiProblems(props: KeyedApiProps, location: KeyLocation): readonly string[] {
  return [
    ...keyLocationProblems(location),
    ...policyProblems(props),
    ...freshnessProblems(props, location),
    ...trustedProxyProblems(props.trustedProxies, location.header),
    ...(props.trustedProxies !== undefined && props.freshness?.mode === 'gateway' ? [TRUST_IN_CACHE] : []),
  ];
}

const TRUST_IN_CACHE =
  'trustedProxies cannot be combined with the freshness gateway: API Gateway caches decisions by the address of the TCP peer, and would repeat the decision about one client of an edge for the others';

function keyLocationProblems({ header, queryParameter }: KeyLocation): string[] {
  const problems: string[] = [];
  if (header === undefined && queryParameter === undefined) {
    problems.push('its key must travel in a header or a query parameter');
  }
  for (const name of [header, queryParameter]) {
    if (name !== undefined && !Token.isUnresolved(name) && !LOCATION_NAME.test(name)) {
      problems.push(`the key cannot travel in ${JSON.stringify(name)}: only letters, digits, - and _`);
    }
  }
  if (header !== undefined && RESERVED_HEADERS.test(header)) {
    problems.push(`the key cannot travel in the header ${header}: API Gateway could not take it out`);
  }
  return problems;
}

function policyProblems({ policies, subscription }: KeyedApiProps): string[] {
  if (policies === undefined) return [];
  if (subscription === 'optional') return ['an API without required subscription has no business plans'];
  return policies.length === 0 ? ['it needs at least one business plan'] : [];
}

function freshnessProblems(props: KeyedApiProps, location: KeyLocation): string[] {
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
        ...repetitionProblems(props, location),
      ];
    default:
      return [];
  }
}

/** Problems of an API for which API Gateway repeats decisions. */
function repetitionProblems(
  { subscription, policies }: KeyedApiProps,
  { header, queryParameter }: KeyLocation,
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
  return problems;
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}
