import type { AuthorizerContext } from '../authorize/authorizer-context.ts';
import { commonLogTime } from '../clock.ts';
import { domainPrefix } from '../route/context-variable.ts';
import { eventBody } from './event-body.ts';
import { cookiesOf, eventHeaders } from './event-headers.ts';
import type { HeaderEntry } from '../receive/http-message.ts';
import { joinedHeader, joinHeaders } from '../receive/http-message.ts';
import type { JsonObject } from '../json-value.ts';
import type { QueryParameter } from '../receive/query-string.ts';
import { joinQuery } from '../receive/query-string.ts';
import type { RoutedRequest } from '../receive/request-facts.ts';

/** The request after parameter mapping, for its integration. */
export interface IntegrationRequest {
  readonly path: string;
  readonly rawQueryString: string;
  readonly query: readonly QueryParameter[];
  readonly headers: readonly HeaderEntry[];
}

/**
 * The payload 2.0 event of a Lambda proxy integration. Maps without entries and an absent body are omitted; cookies
 * are a list and no longer a header (recorded behaviour of the real service).
 */
export function integrationEventV2(
  request: RoutedRequest,
  mapped: IntegrationRequest,
  authorizer: AuthorizerContext,
): JsonObject {
  const { body, isBase64Encoded } = eventBody(mapped.headers, request.body);
  const headers = eventHeaders(mapped.headers, request).filter(([name]) => name !== 'cookie');
  const section = authorizerSection(authorizer);
  return {
    version: '2.0',
    ...commonPart(
      request,
      mapped,
      joinHeaders(headers),
      section === undefined ? {} : { authorizer: section },
    ),
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  };
}

/**
 * The payload 2.0 event of a REQUEST authorizer: the client's request before any mapping, without its body, with
 * cookies both as a list and as the header. `identitySource` holds the values, or null when none is configured.
 */
export function authorizerEventV2(
  request: RoutedRequest,
  identitySource: readonly string[] | null,
): JsonObject {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: routeArn(request),
    identitySource,
    ...commonPart(request, request, joinHeaders(eventHeaders(request.headers, request)), {}),
  };
}

/** The ARN that policies are checked against: API, stage, method and the path without stage or mapping key. */
export function routeArn(request: RoutedRequest): string {
  const api = `arn:aws:execute-api:${request.region}:${request.accountId}:${request.api.apiId}`;
  return `${api}/${request.stage.name}/${request.method}${request.routePath}`;
}

function commonPart(
  request: RoutedRequest,
  source: IntegrationRequest,
  headers: Record<string, string>,
  extraContext: JsonObject,
): JsonObject {
  const cookies = cookiesOf(source.headers);
  const queryStringParameters = joinQuery(source.query);
  return {
    routeKey: request.route.routeKey,
    rawPath: source.path,
    rawQueryString: source.rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(queryStringParameters === undefined ? {} : { queryStringParameters }),
    requestContext: {
      accountId: request.accountId,
      apiId: request.api.apiId,
      ...extraContext,
      domainName: request.domainName,
      domainPrefix: domainPrefix(request.domainName),
      http: {
        method: request.method,
        path: request.path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: joinedHeader(request.headers, 'user-agent') ?? '',
      },
      requestId: request.requestId,
      routeKey: request.route.routeKey,
      stage: request.stage.name,
      time: commonLogTime(request.timeEpochMilliseconds),
      timeEpoch: request.timeEpochMilliseconds,
    },
    ...(isEmpty(request.pathParameters) ? {} : { pathParameters: request.pathParameters }),
    ...(isEmpty(request.stage.variables) ? {} : { stageVariables: request.stage.variables }),
  };
}

function authorizerSection(authorizer: AuthorizerContext): JsonObject | undefined {
  switch (authorizer.kind) {
    case 'none':
      return undefined;
    case 'lambda':
      return { lambda: authorizer.context };
    case 'jwt':
      return { jwt: { claims: authorizer.claims, scopes: authorizer.scopes } };
  }
}

function isEmpty(map: Readonly<Record<string, string>>): boolean {
  return Object.keys(map).length === 0;
}
