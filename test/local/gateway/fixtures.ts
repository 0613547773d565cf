import { Buffer } from 'node:buffer';
import type { Server } from 'node:http';
import { onTestFinished } from 'vitest';
import type { HeaderEntry, HttpRequest } from '../../../local/gateway/receive/http-message.ts';
import type {
  HttpApi,
  Integration,
  InvocationResult,
  RequestAuthorizer,
  Route,
  RouteAuthorization,
  Stage,
} from '../../../local/gateway/model.ts';
import type { RequestFacts, RoutedRequest } from '../../../local/gateway/receive/request-facts.ts';
import { readRequestFacts } from '../../../local/gateway/receive/request-facts.ts';
import { compileRoutes, matchRoute } from '../../../local/gateway/route/match-route.ts';
import { indexStages } from '../../../local/gateway/receive/resolve-stage.ts';
import type { Gateway, GatewayOptions } from '../../../local/gateway/server.ts';
import { createGateway } from '../../../local/gateway/server.ts';
import type { FixedApi } from '../../../local/gateway/receive/resolve-stage.ts';

export const API_ID = 'abcdef1234';
export const EXECUTE_HOST = `${API_ID}.execute-api.us-east-1.amazonaws.com`;
/** 2026-03-12T19:03:58.390Z */
export const NOW = Date.UTC(2026, 2, 12, 19, 3, 58, 390);

export const OPEN: RouteAuthorization = { type: 'NONE' };

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
}

export function lambda(over: Partial<Extract<Integration, { type: 'AWS_PROXY' }>> = {}): Integration {
  return {
    type: 'AWS_PROXY',
    integrationId: 'integration',
    uri: functionArn('backend'),
    timeoutMilliseconds: 30_000,
    requestParameters: {},
    responseParameters: {},
    payloadFormatVersion: '2.0',
    ...over,
  };
}

export function httpProxy(
  uri: string,
  over: Partial<Extract<Integration, { type: 'HTTP_PROXY' }>> = {},
): Integration {
  return {
    type: 'HTTP_PROXY',
    integrationId: 'integration',
    uri,
    method: 'ANY',
    timeoutMilliseconds: 30_000,
    requestParameters: {},
    responseParameters: {},
    ...over,
  };
}

export function route(routeKey: string, over: Partial<Route> = {}): Route {
  return { routeId: routeKey, routeKey, authorization: OPEN, integration: lambda(), ...over };
}

export function requestAuthorizer(over: Partial<RequestAuthorizer> = {}): RequestAuthorizer {
  return {
    authorizerId: 'authorizer',
    functionArn: functionArn('authorizer'),
    payloadFormatVersion: '2.0',
    enableSimpleResponses: true,
    identitySources: [],
    resultTtlSeconds: 0,
    ...over,
  };
}

export function guarded(over: Partial<RequestAuthorizer> = {}): RouteAuthorization {
  return { type: 'CUSTOM', authorizer: requestAuthorizer(over) };
}

export function stage(over: Partial<Stage> = {}): Stage {
  return { name: '$default', variables: {}, ...over };
}

export function api(over: Partial<HttpApi> = {}): HttpApi {
  return {
    apiId: API_ID,
    name: 'PizzaShack',
    executeApiEndpointDisabled: false,
    routes: [route('$default')],
    stages: [stage()],
    ...over,
  };
}

export interface RawParts {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly HeaderEntry[];
  readonly body?: Buffer;
  readonly peerAddress?: string;
}

export function rawRequest(parts: RawParts = {}): HttpRequest {
  return {
    method: parts.method ?? 'GET',
    target: parts.target ?? '/',
    protocol: 'HTTP/1.1',
    headers: parts.headers ?? [['host', EXECUTE_HOST]],
    body: parts.body ?? Buffer.alloc(0),
    peerAddress: parts.peerAddress ?? '203.0.113.7',
    scheme: 'https',
    port: 443,
  };
}

/** The facts of a request to an execute-api host; throws when the gateway would refuse it. */
export function factsOf(parts: RawParts = {}, theApi: HttpApi = api()): RequestFacts {
  const headers: readonly HeaderEntry[] = [['host', EXECUTE_HOST], ...(parts.headers ?? [])];
  const facts = readRequestFacts(
    rawRequest({ ...parts, headers }),
    {
      accountId: '000000000000',
      region: 'us-east-1',
      requestId: 'ATfSmjLgPHcESJw=',
      traceId: 'Root=1-00000000-000000000000000000000000',
      timeEpochMilliseconds: NOW,
    },
    indexStages([theApi], []),
  );
  if ('refused' in facts) throw new Error(`refused with ${facts.refused}`);
  return facts;
}

/** The same, with its route. */
export function routedRequest(parts: RawParts = {}, theApi: HttpApi = api()): RoutedRequest {
  const facts = factsOf(parts, theApi);
  const match = matchRoute(compileRoutes(theApi.routes), facts.method, facts.routePath);
  if (match === undefined) throw new Error('no route');
  return { ...facts, ...match };
}

export function returned(payload: unknown): InvocationResult {
  return { outcome: 'returned', payload };
}

export function threw(errorMessage: string): InvocationResult {
  return { outcome: 'threw', errorType: 'Error', errorMessage };
}

/** A clock that stands still until it is moved. */
export function manualClock(start = NOW): { (): number; advance(milliseconds: number): void } {
  let now = start;
  return Object.assign(() => now, {
    advance(milliseconds: number) {
      now += milliseconds;
    },
  });
}

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly port: number;
  readonly origin: string;
  readonly accessLog: readonly string[];
  readonly faults: readonly unknown[];
}

/** A gateway on a loopback port that closes itself when the test ends. Serves one API unless `fixed` is null. */
export async function startGateway(
  options: Partial<GatewayOptions> = {},
  fixed: FixedApi | null = { apiId: API_ID },
): Promise<RunningGateway> {
  const accessLog: string[] = [];
  const faults: unknown[] = [];
  const gateway = createGateway({
    apis: [api()],
    mappings: [],
    invoke: (_arn, event) => Promise.resolve(returned(event)),
    writeAccessLog: (_destination, line) => accessLog.push(line),
    reportFault: (error) => faults.push(error),
    ...options,
  });
  const server = gateway.createListener(fixed ?? undefined);
  onTestFinished(async () => {
    gateway.close();
    await closeServer(server);
  });
  const port = await listen(server);
  return { gateway, port, origin: `http://127.0.0.1:${port}`, accessLog, faults };
}

/** Listens on a free loopback port and says which. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('the server has no port'));
    });
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Two functions: the authorizer answers `decision`, the backend echoes its event. */
export function functions(
  decision: InvocationResult = returned({ isAuthorized: true, context: { keyUUID: 'k-1' } }),
) {
  const invoked: string[] = [];
  const invoke = (arn: string, event: unknown): Promise<InvocationResult> => {
    invoked.push(arn);
    return Promise.resolve(arn === functionArn('authorizer') ? decision : returned(event));
  };
  return { invoked, invoke };
}
