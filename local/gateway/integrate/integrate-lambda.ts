import { messageOf } from '../../message-of.ts';
import type { AuthorizerContext } from '../authorize/authorizer-context.ts';
import type { Clock } from '../clock.ts';
import { integrationEventV1 } from './event-v1.ts';
import type { IntegrationRequest } from './event-v2.ts';
import { integrationEventV2 } from './event-v2.ts';
import type { IntegrationResult } from './integration-result.ts';
import { functionArnOf, resolveStageVariables } from './integration-uri.ts';
import { readLambdaResponseV1, readLambdaResponseV2 } from '../respond/lambda-response.ts';
import type { Integration, InvokeFunction } from '../model.ts';
import type { RoutedRequest } from '../receive/request-facts.ts';

type LambdaIntegration = Extract<Integration, { type: 'AWS_PROXY' }>;

/** Timers fire up to a millisecond early; a time-out this close to the integration's own is the integration's. */
const TIMER_TOLERANCE_MILLISECONDS = 5;

/**
 * Invokes the function of an integration. A function that fails, answers something malformed or reaches its own
 * time-out is 500; one that is still running when the integration's time is up, or that Lambda throttles, is 503.
 */
export async function integrateLambda(
  integration: LambdaIntegration,
  request: RoutedRequest,
  mapped: IntegrationRequest,
  authorizer: AuthorizerContext,
  { invoke, clock }: { readonly invoke: InvokeFunction; readonly clock: Clock },
): Promise<IntegrationResult> {
  const uri = resolveStageVariables(integration.uri, request.stage.variables);
  const functionArn = uri === undefined ? undefined : functionArnOf(uri);
  if (functionArn === undefined) return { failed: 500, error: `"${integration.uri}" names no function` };
  const isV2 = integration.payloadFormatVersion === '2.0';
  const event = isV2
    ? integrationEventV2(request, mapped, authorizer)
    : integrationEventV1(request, mapped, authorizer);
  const startedAt = clock();
  try {
    const result = await invoke(functionArn, event, integration.timeoutMilliseconds);
    if (result.outcome === 'throttled') return { failed: 503, error: 'The function was throttled by Lambda' };
    if (result.outcome === 'threw') return { failed: 500, error: result.errorMessage };
    if (result.outcome === 'timed-out') {
      const elapsed = clock() - startedAt + TIMER_TOLERANCE_MILLISECONDS;
      const ours = elapsed >= integration.timeoutMilliseconds;
      return { failed: ours ? 503 : 500, error: 'The function timed out' };
    }
    const response = isV2 ? readLambdaResponseV2(result.payload) : readLambdaResponseV1(result.payload);
    return response ?? { failed: 500, error: 'The response from the function is malformed' };
  } catch (error) {
    return { failed: 500, error: messageOf(error) };
  }
}
