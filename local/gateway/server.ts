import { Buffer } from 'node:buffer';
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { createAuthorizerCache } from './authorize/authorizer-cache.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { collectBody } from './receive/collect-body.ts';
import type { ControlPlaneTarget } from './control-plane.ts';
import { errorResponse } from './respond/error-response.ts';
import { readHeaderValue } from './receive/header-rules.ts';
import type { HeaderEntry, HttpRequest, HttpResponse } from './receive/http-message.ts';
import type { ResolveJwtKey } from './authorize/jwt-keys.ts';
import { createJwtKeyResolver } from './authorize/jwt-keys.ts';
import { exceedsHeaderLimit, MAX_PAYLOAD_BYTES } from './receive/limits.ts';
import { loadApi } from './route/load-api.ts';
import type { DomainMapping, HttpApi, InvokeFunction, WriteAccessLog } from './model.ts';
import { answerClientError } from './respond/answer-client-error.ts';
import { readRequestFacts } from './receive/request-facts.ts';
import { newRequestId, newTraceId } from './receive/request-id.ts';
import type { FixedApi } from './receive/resolve-stage.ts';
import { indexStages } from './receive/resolve-stage.ts';
import { createBackendClient } from './integrate/send-backend-request.ts';
import { serveRequest } from './serve-request.ts';
import { createThrottle } from './receive/throttle.ts';

export interface GatewayOptions {
  readonly apis: readonly HttpApi[];
  readonly mappings: readonly DomainMapping[];
  readonly invoke: InvokeFunction;
  readonly writeAccessLog: WriteAccessLog;
  /** Twelve digits; stands in events and ARNs. Default `000000000000`. */
  readonly accountId?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  readonly clock?: Clock;
  readonly resolveJwtKey?: ResolveJwtKey;
  /** Test aid: takes the client address from this header instead of from the socket. */
  readonly sourceIpHeader?: string;
  /** How long entries older than a cache reset may still be served. Default 1500. */
  readonly resetLagMilliseconds?: number;
  /** Told of faults of the gateway itself, which clients see as 500. */
  readonly reportFault?: (error: unknown) => void;
}

/** A gateway without sockets of its own: the caller listens. */
export interface Gateway extends ControlPlaneTarget {
  /** Serves one request, by its host or always the fixed API. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse, fixed?: FixedApi): Promise<void>;
  /** A server that is not listening yet, set up so that broken requests get an answer of the gateway. */
  createListener(fixed?: FixedApi): http.Server;
  /** Closes the connections to backends. Listeners are closed by who opened them. */
  close(): void;
}

const DEFAULT_RESET_LAG_MILLISECONDS = 1500;

const SERVER_OPTIONS = {
  /** Bytes. Node refuses larger heads by itself; up to here the gateway's own limit answers. */
  maxHeaderSize: 64 * 1024,
  /** Milliseconds. With Node's five seconds a client that pauses meets connections that are just closing. */
  keepAliveTimeout: 60_000,
  /** A missing Host header is refused by the gateway itself, in its own words. */
  requireHostHeader: false,
} as const;

/**
 * Serves HTTP APIs. Throws GatewayConfigurationError naming the API and what is wrong with it, and an Error naming a
 * domain mapping that points nowhere.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const clock = options.clock ?? systemClock;
  const index = indexStages(options.apis, options.mappings);
  const cache = createAuthorizerCache(clock, options.resetLagMilliseconds ?? DEFAULT_RESET_LAG_MILLISECONDS);
  const backend = createBackendClient();
  const dependencies = {
    apis: new Map(options.apis.map((api) => [api.apiId, loadApi(api)])),
    invoke: options.invoke,
    writeAccessLog: options.writeAccessLog,
    clock,
    resolveKey: options.resolveJwtKey ?? createJwtKeyResolver(clock),
    cache,
    backend,
    throttle: createThrottle(clock),
  };
  const sourceIpHeader = options.sourceIpHeader?.toLowerCase();
  const identity = {
    accountId: options.accountId ?? '000000000000',
    region: options.region ?? 'us-east-1',
    ...(sourceIpHeader === undefined ? {} : { sourceIpHeader }),
  };

  const respond = async (message: IncomingMessage, fixed: FixedApi | undefined): Promise<HttpResponse> => {
    const timeEpochMilliseconds = clock();
    const requestId = newRequestId();
    const own = (response: HttpResponse): HttpResponse => ({
      ...response,
      headers: [...response.headers, ['apigw-requestid', requestId]],
    });
    const request = await readRequest(message);
    // What is left of a body beyond the limit is not read: that connection cannot carry another request.
    if (request === 413) return own(errorResponse(413, [['connection', 'close']]));
    if (request === 431) return own(errorResponse(431));
    const stamp = {
      ...identity,
      requestId,
      traceId: newTraceId(timeEpochMilliseconds),
      timeEpochMilliseconds,
    };
    const facts = readRequestFacts(request, stamp, index, fixed);
    if ('refused' in facts) return own(errorResponse(facts.refused));
    try {
      return await serveRequest(facts, dependencies);
    } catch (error) {
      options.reportFault?.(error);
      return own(errorResponse(500));
    }
  };

  const handle = async (
    message: IncomingMessage,
    response: ServerResponse,
    fixed?: FixedApi,
  ): Promise<void> => {
    // A client that goes away is no fault of the gateway, and nobody is left to be told.
    response.on('error', () => undefined);
    try {
      writeResponse(response, await respond(message, fixed));
    } catch {
      response.destroy();
    }
  };

  return {
    handle,
    createListener(fixed) {
      const serve = (message: IncomingMessage, response: ServerResponse): void => {
        void handle(message, response, fixed);
      };
      const server = http.createServer(SERVER_OPTIONS, serve);
      // An expectation that nobody knows is passed over, so that every answer is one of the gateway.
      server.on('checkExpectation', serve);
      server.on('clientError', answerClientError);
      return server;
    },
    hasStage: (apiId, stage) => index.apis.get(apiId)?.stages.some(({ name }) => name === stage) ?? false,
    resetAuthorizersCache: (apiId, stage) => cache.reset(apiId, stage),
    close: () => backend.close(),
  };
}

async function readRequest(message: IncomingMessage): Promise<HttpRequest | 413 | 431> {
  const headers: HeaderEntry[] = [];
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    headers.push([
      message.rawHeaders[at]?.toLowerCase() ?? '',
      readHeaderValue(message.rawHeaders[at + 1] ?? ''),
    ]);
  }
  const method = message.method ?? 'GET';
  const target = message.url ?? '/';
  const protocol = `HTTP/${message.httpVersion}`;
  const body = await collectBody(message, MAX_PAYLOAD_BYTES);
  if (exceedsHeaderLimit(method, target, protocol, headers)) return 431;
  if (body === 'too large') return 413;
  const { socket } = message;
  return {
    method,
    target,
    protocol,
    headers,
    body,
    peerAddress: socket.remoteAddress ?? '',
    scheme: socket instanceof TLSSocket ? 'https' : 'http',
    port: socket.localPort ?? 0,
  };
}

function writeResponse(response: ServerResponse, { status, headers, body }: HttpResponse): void {
  const bodiless = status === 204 || status === 304;
  const lines: HeaderEntry[] = [
    ...headers,
    ...(bodiless ? [] : [['content-length', String(body.length)] as const]),
  ];
  response.writeHead(status, lines.flat());
  response.end(bodiless ? Buffer.alloc(0) : body);
}
