import type { AuthorizerContext } from '../authorize/authorizer-context.ts';
import { commonLogTime } from '../clock.ts';
import { domainPrefix } from '../route/context-variable.ts';
import { eventBody } from './event-body.ts';
import { eventHeaders } from './event-headers.ts';
import { routeArn } from './event-v2.ts';
import type { IntegrationRequest } from './event-v2.ts';
import type { HeaderEntry } from '../receive/http-message.ts';
import { joinedHeader } from '../receive/http-message.ts';
import type { JsonObject } from '../json-value.ts';
import type { RoutedRequest } from '../receive/request-facts.ts';

/**
 * The payload 1.0 event of a Lambda proxy integration: the last value of repeated names in the single-value maps, all
 * of them in the multi-value ones, absent maps null (AWS: "Create AWS Lambda proxy integrations for HTTP APIs").
 */
export function integrationEventV1(
  request: RoutedRequest,
  mapped: IntegrationRequest,
  authorizer: AuthorizerContext,
): JsonObject {
  const { body, isBase64Encoded } = eventBody(mapped.headers, request.body);
  return {
    version: '1.0',
    ...commonPart(request, mapped),
    requestContext: { ...requestContext(request), authorizer: authorizerSection(authorizer) },
    body: body ?? null,
    isBase64Encoded,
  };
}

/** The payload 1.0 event of a REQUEST authorizer; the identity source values are one comma-joined text. */
export function authorizerEventV1(
  request: RoutedRequest,
  identitySource: readonly string[] | null,
): JsonObject {
  const identity = identitySource === null ? null : identitySource.join(',');
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: routeArn(request),
    identitySource: identity,
    authorizationToken: identity,
    ...commonPart(request, request),
    requestContext: requestContext(request),
  };
}

function commonPart(request: RoutedRequest, source: IntegrationRequest): JsonObject {
  const headers = eventHeaders(source.headers, request).map(([name, value]): HeaderEntry => [
    titleCase(name),
    value,
  ]);
  const query = source.query.map(({ name, value }): HeaderEntry => [name, value]);
  return {
    resource: resourceOf(request),
    path: source.path,
    httpMethod: request.method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: groupValues(headers),
    queryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    multiValueQueryStringParameters: query.length === 0 ? null : groupValues(query),
    pathParameters: nullIfEmpty(request.pathParameters),
    stageVariables: nullIfEmpty(request.stage.variables),
  };
}

function requestContext(request: RoutedRequest): JsonObject {
  return {
    accountId: request.accountId,
    apiId: request.api.apiId,
    domainName: request.domainName,
    domainPrefix: domainPrefix(request.domainName),
    extendedRequestId: request.requestId,
    httpMethod: request.method,
    identity: {
      sourceIp: request.sourceIp,
      userAgent: joinedHeader(request.headers, 'user-agent') ?? '',
    },
    path: request.path,
    protocol: request.protocol,
    requestId: request.requestId,
    requestTime: commonLogTime(request.timeEpochMilliseconds),
    requestTimeEpoch: request.timeEpochMilliseconds,
    resourceId: request.route.routeKey,
    resourcePath: resourceOf(request),
    stage: request.stage.name,
  };
}

function authorizerSection(authorizer: AuthorizerContext): JsonObject {
  switch (authorizer.kind) {
    case 'none':
      return {};
    case 'lambda':
      return {
        ...authorizer.context,
        ...(authorizer.principalId === undefined ? {} : { principalId: authorizer.principalId }),
      };
    case 'jwt':
      return { claims: authorizer.claims, scopes: authorizer.scopes };
  }
}

function resourceOf(request: RoutedRequest): string {
  return request.route.routeKey.replace(/^[A-Z]+ /, '');
}

function titleCase(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

function groupValues(entries: readonly HeaderEntry[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of entries) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

function nullIfEmpty(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(map).length === 0 ? null : map;
}
