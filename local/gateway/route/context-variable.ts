import type { AuthorizerContext } from '../authorize/authorizer-context.ts';
import { authorizerProperty } from '../authorize/authorizer-context.ts';
import { commonLogTime } from '../clock.ts';
import { joinedHeader } from '../receive/http-message.ts';
import type { RequestFacts } from '../receive/request-facts.ts';

/** The facts that exist after an answer; only the access log sees them. */
export interface ResponseFacts {
  readonly status: number;
  /** Bytes of the body. */
  readonly responseLength: number;
  readonly responseLatencyMilliseconds: number;
  readonly integrationLatencyMilliseconds?: number;
  /** The status of the function's or backend's answer, before response mapping. */
  readonly integrationStatus?: number;
  readonly integrationError?: string;
  /** The message of an answer that the gateway made by itself. */
  readonly errorMessage?: string;
  readonly authorizerError?: string;
}

export interface ContextFacts {
  readonly request: RequestFacts;
  readonly routeKey?: string;
  readonly authorizer: AuthorizerContext;
  readonly response?: ResponseFacts;
}

type Reader = (facts: ContextFacts) => string | number | undefined;

const integrationLatency: Reader = ({ response }) => response?.integrationLatencyMilliseconds;
const integrationError: Reader = ({ response }) => response?.integrationError;
const integrationStatus: Reader = ({ response }) => response?.integrationStatus;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['accountId', ({ request }) => request.accountId],
  ['apiId', ({ request }) => request.api.apiId],
  ['authorizer.error', ({ response }) => response?.authorizerError],
  ['domainName', ({ request }) => request.domainName],
  ['domainPrefix', ({ request }) => domainPrefix(request.domainName)],
  ['error.message', ({ response }) => response?.errorMessage],
  [
    'error.messageString',
    ({ response }) => (response?.errorMessage === undefined ? undefined : `"${response.errorMessage}"`),
  ],
  ['extendedRequestId', ({ request }) => request.requestId],
  ['httpMethod', ({ request }) => request.method],
  ['identity.sourceIp', ({ request }) => request.sourceIp],
  ['identity.userAgent', ({ request }) => joinedHeader(request.headers, 'user-agent')],
  ['integration.error', integrationError],
  ['integration.latency', integrationLatency],
  ['integration.status', integrationStatus],
  ['integrationErrorMessage', integrationError],
  ['integrationLatency', integrationLatency],
  ['integrationStatus', integrationStatus],
  ['path', ({ request }) => request.path],
  ['protocol', ({ request }) => request.protocol],
  ['requestId', ({ request }) => request.requestId],
  ['requestTime', ({ request }) => commonLogTime(request.timeEpochMilliseconds)],
  ['requestTimeEpoch', ({ request }) => Math.floor(request.timeEpochMilliseconds / 1000)],
  ['responseLatency', ({ response }) => response?.responseLatencyMilliseconds],
  ['responseLength', ({ response }) => response?.responseLength],
  ['routeKey', ({ routeKey }) => routeKey],
  ['stage', ({ request }) => request.stage.name],
  ['status', ({ response }) => response?.status],
]);

/**
 * The value of `$context.<name>`, or undefined when the request has none
 * (AWS: "Customize HTTP API access logs"). Times: `requestTimeEpoch` in seconds, latencies in milliseconds.
 */
export function contextVariable(name: string, facts: ContextFacts): string | undefined {
  const value = READERS.get(name)?.(facts);
  if (value !== undefined) return String(value);
  const property = /^authorizer\.(?<property>.+)$/.exec(name)?.groups?.['property'];
  return property === undefined ? undefined : authorizerProperty(facts.authorizer, property);
}

/** The first label of a domain name. */
export function domainPrefix(domainName: string): string {
  return domainName.split('.', 1)[0] ?? '';
}
