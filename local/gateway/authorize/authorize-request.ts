import { messageOf } from '../../message-of.ts';
import type { Authorization } from './authorization.ts';
import { applyAuthorizerAnswer, readAuthorizerAnswer } from './authorizer-answer.ts';
import { NO_AUTHORIZER } from './authorizer-context.ts';
import type { AuthorizerCache } from './authorizer-cache.ts';
import { authorizerEventV1 } from '../integrate/event-v1.ts';
import { authorizerEventV2, routeArn } from '../integrate/event-v2.ts';
import type { InvocationResult, InvokeFunction, RequestAuthorizer } from '../model.ts';
import { AUTHORIZER_TIMEOUT_MILLISECONDS } from '../model.ts';
import type { RoutedRequest } from '../receive/request-facts.ts';
import { parseSelection } from '../route/selection-expression.ts';
import { selectValue } from '../route/select-value.ts';

export interface AuthorizeDependencies {
  readonly invoke: InvokeFunction;
  readonly cache: AuthorizerCache;
}

/**
 * Runs a REQUEST authorizer for one request. A configured identity source that the request lacks is 401 and the
 * function is not asked; one that is present but empty is enough. With a TTL, well-formed answers are cached under the
 * identity source values alone, denials too, and replayed on every route of the authorizer.
 */
export async function authorizeRequest(
  authorizer: RequestAuthorizer,
  request: RoutedRequest,
  { invoke, cache }: AuthorizeDependencies,
): Promise<Authorization> {
  const identitySource = readIdentitySources(authorizer.identitySources, request);
  if (identitySource === undefined) return { outcome: 'refused', status: 401 };
  const { authorizerId, resultTtlSeconds } = authorizer;
  const address = {
    apiId: request.api.apiId,
    stage: request.stage.name,
    authorizerId,
    identitySource: identitySource ?? [],
  };
  const arn = routeArn(request);
  const cached = resultTtlSeconds > 0 ? cache.find(address) : undefined;
  if (cached !== undefined) return applyAuthorizerAnswer(cached, arn);

  const event =
    authorizer.payloadFormatVersion === '2.0'
      ? authorizerEventV2(request, identitySource)
      : authorizerEventV1(request, identitySource);
  const result = await invokeSafely(invoke, authorizer.functionArn, event);
  const simple = authorizer.payloadFormatVersion === '2.0' && authorizer.enableSimpleResponses;
  const answer = readAuthorizerAnswer(result, simple);
  if ('outcome' in answer) return answer;
  if (resultTtlSeconds > 0) cache.store(address, answer, resultTtlSeconds);
  return applyAuthorizerAnswer(answer, arn);
}

/** The values in configured order, null when no source is configured, undefined when one is absent. */
export function readIdentitySources(
  sources: readonly string[],
  request: RoutedRequest,
): readonly string[] | null | undefined {
  if (sources.length === 0) return null;
  const facts = {
    request,
    routeKey: request.route.routeKey,
    authorizer: NO_AUTHORIZER,
    pathParameters: request.pathParameters,
  };
  const values: string[] = [];
  for (const source of sources) {
    const selection = parseSelection(source);
    const value = selection === undefined ? undefined : selectValue(selection, facts);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

// A function that does not exist is the same 500 to the client as one that fails.
async function invokeSafely(
  invoke: InvokeFunction,
  functionArn: string,
  event: unknown,
): Promise<InvocationResult> {
  try {
    return await invoke(functionArn, event, AUTHORIZER_TIMEOUT_MILLISECONDS);
  } catch (error) {
    return {
      outcome: 'threw',
      errorType: 'GatewayInvokeError',
      errorMessage: `cannot invoke ${functionArn}: ${messageOf(error)}`,
    };
  }
}
