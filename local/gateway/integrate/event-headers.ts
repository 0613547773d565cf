import type { HeaderEntry } from '../receive/http-message.ts';
import { joinedHeader } from '../receive/http-message.ts';
import type { RequestFacts } from '../receive/request-facts.ts';

const OWN_HEADERS: ReadonlySet<string> = new Set([
  'content-length',
  'x-amzn-trace-id',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/**
 * The headers that a function sees: the client's, the length of the body, a trace id and where the request came from.
 * Entries that the client wrote into `x-forwarded-for` stay left of the true address.
 */
export function eventHeaders(headers: readonly HeaderEntry[], request: RequestFacts): readonly HeaderEntry[] {
  const forwardedFor = joinedHeader(headers, 'x-forwarded-for');
  return [
    ...headers.filter(([name]) => !OWN_HEADERS.has(name)),
    ['content-length', String(request.body.length)],
    ['x-amzn-trace-id', joinedHeader(headers, 'x-amzn-trace-id') ?? request.traceId],
    [
      'x-forwarded-for',
      forwardedFor === undefined ? request.sourceIp : `${forwardedFor}, ${request.sourceIp}`,
    ],
    ['x-forwarded-port', String(request.port)],
    ['x-forwarded-proto', request.scheme],
  ];
}

/** `name=value` pieces of all cookie headers in order; undefined when there are none. */
export function cookiesOf(headers: readonly HeaderEntry[]): string[] | undefined {
  const cookies = headers
    .filter(([name]) => name === 'cookie')
    .flatMap(([, value]) => value.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
  return cookies.length === 0 ? undefined : cookies;
}
