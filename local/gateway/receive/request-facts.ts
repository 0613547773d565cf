import type { Buffer } from 'node:buffer';
import type { HeaderEntry, HttpRequest } from './http-message.ts';
import { joinedHeader } from './http-message.ts';
import type { HttpApi, Route, Stage } from '../model.ts';
import { normalizeAddress } from './client-address.ts';
import { isConnectionHeader } from './header-rules.ts';
import type { QueryParameter } from './query-string.ts';
import { parseQuery } from './query-string.ts';
import { decodePath, parseRequestTarget } from './request-target.ts';
import type { FixedApi, StageIndex } from './resolve-stage.ts';
import { hostName, resolveStage } from './resolve-stage.ts';

/** Everything that is settled about a request before its route: the material of events, mappings and logs. */
export interface RequestFacts {
  readonly accountId: string;
  readonly region: string;
  readonly api: HttpApi;
  readonly stage: Stage;
  readonly method: string;
  readonly protocol: string;
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** Decoded, with the stage name or mapping key that the client wrote. */
  readonly path: string;
  /** Decoded, without the stage name or mapping key. */
  readonly routePath: string;
  readonly rawQueryString: string;
  readonly query: readonly QueryParameter[];
  /** The client's headers, without those that concern only its connection. */
  readonly headers: readonly HeaderEntry[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** The Host header without its port, lower-case. */
  readonly domainName: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly timeEpochMilliseconds: number;
}

/** A request whose route is known. */
export interface RoutedRequest extends RequestFacts {
  readonly route: Route;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The facts that the gateway adds to a request by itself. */
export interface RequestStamp {
  readonly accountId: string;
  readonly region: string;
  readonly requestId: string;
  readonly traceId: string;
  readonly timeEpochMilliseconds: number;
  /** Lower-case name of a header that carries the client address in tests; it never reaches an event. */
  readonly sourceIpHeader?: string;
}

/** The facts of a request, or the status that refuses it before any API is involved. */
export function readRequestFacts(
  request: HttpRequest,
  stamp: RequestStamp,
  index: StageIndex,
  fixed?: FixedApi,
): RequestFacts | { readonly refused: 400 | 403 | 404 } {
  const target = parseRequestTarget(request.target);
  const path = target === undefined ? undefined : decodePath(target.rawPath);
  if (target === undefined || path === undefined) return { refused: 400 };
  const hosts = request.headers.filter(([name]) => name === 'host');
  // RFC 9112, 3.2: without exactly one Host header a request may mean different things to different readers.
  if (hosts.length > 1 || (hosts.length === 0 && request.protocol !== 'HTTP/1.0')) return { refused: 400 };
  const domainName = hostName(hosts[0]?.[1] ?? '');
  const resolved = resolveStage(index, domainName, path, fixed);
  if ('refused' in resolved) return resolved;
  const { sourceIpHeader, ...identity } = stamp;
  const namedAddress =
    sourceIpHeader === undefined ? undefined : joinedHeader(request.headers, sourceIpHeader);
  return {
    ...identity,
    api: resolved.api,
    stage: resolved.stage,
    method: request.method,
    protocol: request.protocol,
    scheme: request.scheme,
    port: request.port,
    path,
    routePath: resolved.routePath,
    rawQueryString: target.rawQueryString,
    query: parseQuery(target.rawQueryString),
    headers: request.headers.filter(([name]) => name !== sourceIpHeader && !isConnectionHeader(name)),
    body: request.body,
    sourceIp: normalizeAddress(namedAddress ?? request.peerAddress),
    domainName,
  };
}
