import type { IntegrationRequest } from './event-v2.ts';
import type { HeaderEntry } from '../receive/http-message.ts';
import { joinedHeader } from '../receive/http-message.ts';
import { wireHeaderValue } from '../receive/header-rules.ts';
import { resolveStageVariables } from './integration-uri.ts';
import type { Integration } from '../model.ts';
import type { RoutedRequest } from '../receive/request-facts.ts';

type HttpIntegration = Extract<Integration, { type: 'HTTP_PROXY' }>;

/** A request to the backend of an HTTP proxy integration, ready to be written. */
export interface BackendRequest {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number | undefined;
  readonly method: string;
  /** Path and query, encoded. Never normalised: `..` segments of a client do not climb out of the backend's path. */
  readonly path: string;
  readonly headers: readonly HeaderEntry[];
}

/**
 * Builds the backend request: stage variables and `{parameter}` put into the URI, the client's query appended, method
 * `ANY` passed through, `forwarded` and `via` extended. The full path goes to the backend of a `$default` route; a
 * mapped path replaces the path of the URI. Undefined when the URI cannot be resolved.
 */
export function backendRequest(
  integration: HttpIntegration,
  request: RoutedRequest,
  mapped: IntegrationRequest,
  mappedPath: string | undefined,
): BackendRequest | undefined {
  const uri = resolveStageVariables(integration.uri, request.stage.variables);
  const parts =
    /^(?<scheme>https?):\/\/(?<host>\[[^\]]+\]|[^/?#:@]+)(?::(?<port>\d+))?(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/i.exec(
      uri ?? '',
    )?.groups;
  const host = parts?.['host'];
  if (parts === undefined || host === undefined) return undefined;
  const port = parts['port'];
  const path = backendPath(parts['path'] ?? '', request, mappedPath);
  const query = [parts['query'] ?? '', mapped.rawQueryString].filter((piece) => piece !== '').join('&');
  return {
    secure: parts['scheme']?.toLowerCase() === 'https',
    hostname: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? undefined : Number(port),
    method: integration.method === 'ANY' ? request.method : integration.method,
    path: query === '' ? path : `${path}?${encodeRaw(query)}`,
    headers: backendHeaders(mapped.headers, request, port === undefined ? host : `${host}:${port}`),
  };
}

function backendPath(uriPath: string, request: RoutedRequest, mappedPath: string | undefined): string {
  if (mappedPath !== undefined) return encodePath(mappedPath.startsWith('/') ? mappedPath : `/${mappedPath}`);
  const filled = uriPath.replace(/\{([^{}+]+)\+?\}/g, (placeholder, name: string) => {
    const value = Object.hasOwn(request.pathParameters, name) ? request.pathParameters[name] : undefined;
    return value === undefined ? placeholder : encodePath(value);
  });
  if (request.route.routeKey !== '$default') return encodeRaw(filled === '' ? '/' : filled);
  return encodeRaw(filled.replace(/\/$/, '')) + encodePath(request.routePath);
}

function backendHeaders(
  headers: readonly HeaderEntry[],
  request: RoutedRequest,
  host: string,
): readonly HeaderEntry[] {
  const replaced = new Set(['forwarded', 'via', 'x-amzn-trace-id', 'content-length']);
  // A Host header that a mapping overwrote is meant for the backend; the client's own never is.
  const mappedHost = joinedHeader(headers, 'host');
  const ownHost = joinedHeader(request.headers, 'host');
  const forwarded = `for=${quoteAddress(request.sourceIp)};host=${ownHost ?? request.domainName};proto=${request.scheme}`;
  const entries: HeaderEntry[] = [
    ['host', mappedHost === undefined || mappedHost === ownHost ? host : mappedHost],
    ...headers.filter(([name]) => name !== 'host' && !replaced.has(name)),
    ['content-length', String(request.body.length)],
    ['x-amzn-trace-id', joinedHeader(headers, 'x-amzn-trace-id') ?? request.traceId],
    ['forwarded', extend(joinedHeader(headers, 'forwarded'), forwarded)],
    ['via', extend(joinedHeader(headers, 'via'), 'HTTP/1.1 AmazonAPIGateway')],
  ];
  return entries.map(([name, value]) => [name, wireHeaderValue(value)]);
}

function extend(before: string | undefined, entry: string): string {
  return before === undefined ? entry : `${before}, ${entry}`;
}

// RFC 7239: an IPv6 address stands in brackets and quotes.
function quoteAddress(address: string): string {
  return address.includes(':') ? `"[${address}]"` : address;
}

/** A decoded path for the wire: what was decoded is encoded again, slashes stay. */
function encodePath(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

/** Text that is already encoded: only what cannot stand in a request line is escaped. */
function encodeRaw(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}
