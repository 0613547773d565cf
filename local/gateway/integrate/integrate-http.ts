import { messageOf } from '../../message-of.ts';
import { backendRequest } from './backend-request.ts';
import type { IntegrationRequest } from './event-v2.ts';
import type { IntegrationResult } from './integration-result.ts';
import type { Integration } from '../model.ts';
import type { RoutedRequest } from '../receive/request-facts.ts';
import type { BackendClient } from './send-backend-request.ts';

/** Calls the backend of an HTTP proxy integration. A URI that the stage cannot resolve is 500. */
export async function integrateHttp(
  integration: Extract<Integration, { type: 'HTTP_PROXY' }>,
  request: RoutedRequest,
  mapped: IntegrationRequest,
  mappedPath: string | undefined,
  backend: BackendClient,
): Promise<IntegrationResult> {
  const outgoing = backendRequest(integration, request, mapped, mappedPath);
  if (outgoing === undefined) return { failed: 500, error: `"${integration.uri}" is no HTTP address` };
  try {
    return await backend.send(outgoing, request.body, integration.timeoutMilliseconds);
  } catch (error) {
    return { failed: 500, error: messageOf(error) };
  }
}
