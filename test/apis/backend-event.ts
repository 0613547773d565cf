import type { APIGatewayProxyEventV2WithLambdaAuthorizer } from 'aws-lambda';

/** What a sample backend is sent for an allowed call. */
export type BackendEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<{ readonly owner: string }>;

export interface BackendCall {
  /** `GET /order/{orderId}`. */
  readonly routeKey: string;
  readonly owner?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
}

/** The event of `call` as an HTTP API makes it. */
export function backendEvent({
  routeKey,
  owner = 'alice',
  body,
  isBase64Encoded = false,
  ...rest
}: BackendCall): BackendEvent {
  const [method = '', path = ''] = routeKey.split(' ');
  const rawPath = path.replace(/\{(\w+)\}/g, (_, name: string) => rest.pathParameters?.[name] ?? '');
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(rest.queryStringParameters).toString(),
    headers: { 'content-type': 'application/json' },
    requestContext: {
      accountId: '111122223333',
      apiId: 'gateway',
      authorizer: { lambda: { owner } },
      domainName: 'gateway.example.com',
      domainPrefix: 'gateway',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request',
      routeKey,
      stage: 'production',
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 0,
    },
    isBase64Encoded,
    ...rest,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  };
}
