import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { readStageVariables } from '../../contract/stage-variables.ts';
import { isForbiddenBackendPath } from '../../core/decision/backend-path.ts';
import type { Call } from '../../core/decision/decide-access.ts';
import { digestKeyValue } from '../../core/keys/key-value.ts';
import type { RefusalStyle } from '../../core/refusals/refusal-style.ts';
import type { KeyLocation } from '../../core/refusals/refusal-text.ts';
import { clientAddressOf, type TrustedProxies } from '../../core/restrictions/trusted-proxies.ts';

/** A call, and the key value that it presents, if any. */
export interface PresentedCall {
  readonly call: Call;
  readonly value: string | undefined;
  /** Whether the API takes keys that were made elsewhere. */
  readonly acceptsImported: boolean;
  /** How the API answers a refused call. */
  readonly style: RefusalStyle;
  /** Where the API looks for a key. */
  readonly location: KeyLocation;
  /** Whether the path could mean another one to the backend than to API Gateway. */
  readonly hasForbiddenPath: boolean;
}

/**
 * Reads the authorizer's event. Which API and environment were called, where its key travels and whether it
 * needs a subscription stands in the stage variables that `ProtectedHttpApi` writes. `readProxies`: `readTrustedProxies`,
 * whose results can be kept.
 * @throws Error when they are missing: the gateway is not one of ours, and there is nothing to decide.
 */
export function readCall(
  event: APIGatewayRequestAuthorizerEventV2,
  atEpochSeconds: number,
  readProxies: (text: string) => TrustedProxies,
): PresentedCall {
  const { headers, queryStringParameters: query, requestContext } = event;
  const api = readStageVariables(event.stageVariables ?? {});
  if (api === undefined) {
    throw new Error('the stage variables do not name an API, its environment and the place of its key');
  }
  const { apiId, environment, location, requiresSubscription, acceptsImported, freshness, style } = api;
  const { header, queryParameter } = location;
  const sent: Partial<Record<string, string>> = headers ?? {};
  const asked: Partial<Record<string, string>> = query ?? {};
  const inHeader = header === undefined ? undefined : sent[header.toLowerCase()]?.trim();
  const inQuery = queryParameter === undefined ? undefined : asked[queryParameter]?.trim();
  const clientAddress = clientAddressOf(
    { address: requestContext.http.sourceIp, headers: sent, digest: digestKeyValue },
    api.trustedProxies === undefined ? undefined : readProxies(api.trustedProxies),
  );
  const referrer = sent['referer'];
  return {
    acceptsImported,
    style,
    location,
    hasForbiddenPath: api.backendKind !== 'function' && hasForbiddenPath(event),
    value: inHeader === undefined || inHeader === '' ? inQuery : inHeader,
    call: {
      apiId,
      gatewayApiId: requestContext.apiId,
      environment,
      requiresSubscription,
      freshness,
      atEpochSeconds,
      ...(clientAddress !== undefined && { clientAddress }),
      ...(referrer !== undefined && { referrer }),
    },
  };
}

/** The path, and what of it is put into the URL of the backend: nobody promises that both are decoded alike. */
function hasForbiddenPath({ rawPath, pathParameters }: APIGatewayRequestAuthorizerEventV2): boolean {
  return [rawPath, ...Object.values(pathParameters ?? {})].some(
    (text) => text !== undefined && isForbiddenBackendPath(text),
  );
}
