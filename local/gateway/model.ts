/**
 * The model that the gateway serves: API Gateway HTTP APIs as the template declares them, every intrinsic resolved.
 * Built by `assembly/`, read by the deciders and the server beside this file.
 */

/** Seconds that an authorizer may take: a quota of API Gateway that nothing raises. */
export const AUTHORIZER_TIMEOUT_MILLISECONDS = 10_000;

export interface HttpApi {
  /** As in `{apiId}.execute-api.…`: ten lower-case letters and digits. */
  readonly apiId: string;
  readonly name: string;
  readonly executeApiEndpointDisabled: boolean;
  readonly cors?: CorsConfiguration;
  readonly routes: readonly Route[];
  readonly stages: readonly Stage[];
}

export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeSeconds?: number;
}

export interface Route {
  readonly routeId: string;
  /** `GET /menu`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly authorization: RouteAuthorization;
  readonly integration: Integration;
}

export type RouteAuthorization =
  | { readonly type: 'NONE' }
  | { readonly type: 'JWT'; readonly authorizer: JwtAuthorizer; readonly scopes: readonly string[] }
  | { readonly type: 'CUSTOM'; readonly authorizer: RequestAuthorizer };

export interface JwtAuthorizer {
  readonly authorizerId: string;
  /** A selection expression, in practice `$request.header.Authorization`. */
  readonly identitySource: string;
  readonly issuer: string;
  readonly audience: readonly string[];
}

export interface RequestAuthorizer {
  readonly authorizerId: string;
  readonly functionArn: string;
  readonly payloadFormatVersion: '1.0' | '2.0';
  readonly enableSimpleResponses: boolean;
  /** `$request.header.X`, `$request.querystring.X`, `$context.V`, `$stageVariables.V`; may be empty. */
  readonly identitySources: readonly string[];
  readonly resultTtlSeconds: number;
}

/** Keys such as `overwrite:header.x-api`, values such as `$context.authorizer.keyUUID`. */
export type ParameterMapping = Readonly<Record<string, string>>;

interface IntegrationBase {
  readonly integrationId: string;
  /** May hold `${stageVariables.name}`. */
  readonly uri: string;
  readonly timeoutMilliseconds: number;
  readonly requestParameters: ParameterMapping;
  /** By status code, as `ResponseParameters` declares them. */
  readonly responseParameters: Readonly<Record<string, ParameterMapping>>;
}

export type Integration =
  | (IntegrationBase & { readonly type: 'AWS_PROXY'; readonly payloadFormatVersion: '1.0' | '2.0' })
  | (IntegrationBase & { readonly type: 'HTTP_PROXY'; readonly method: string });

export interface Stage {
  /** `$default` or a name that is the first segment of an execute-api path. */
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly accessLog?: { readonly destinationArn: string; readonly format: string };
  /** Throttling of each route without its own settings; absent: only the account's, which this gateway does not know. */
  readonly throttling?: ThrottleSettings;
  /** By route key. */
  readonly routeThrottling?: ReadonlyMap<string, ThrottleSettings>;
}

export interface ThrottleSettings {
  /** Requests a second. */
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** One `AWS::ApiGatewayV2::ApiMapping`. */
export interface DomainMapping {
  readonly domainName: string;
  /** `pizzashack/1.0.0`, or '' for the root of the domain. */
  readonly mappingKey: string;
  readonly apiId: string;
  readonly stage: string;
}

/** The answer of a function: what its handler returned, or why it did not. */
export type InvocationResult =
  | { readonly outcome: 'returned'; readonly payload: unknown }
  | { readonly outcome: 'threw'; readonly errorType: string; readonly errorMessage: string }
  | { readonly outcome: 'timed-out' }
  /** As many run as its reserved concurrency allows: Lambda answers `TooManyRequestsException`, 429. */
  | { readonly outcome: 'throttled' };

/**
 * Invokes a function synchronously. `functionArn` is the plain ARN of a function.
 * Never rejects for what the function did; rejects with a coded error when there is no such function.
 */
export type InvokeFunction = (
  functionArn: string,
  payload: unknown,
  timeoutMilliseconds: number,
) => Promise<InvocationResult>;

/** Takes one line of a stage's access log. */
export type WriteAccessLog = (destinationArn: string, line: string) => void;
