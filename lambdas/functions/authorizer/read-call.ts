import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { isForbiddenBackendPath } from '../../core/decision/backend-path.ts';
import type { Call } from '../../core/decision/decide-access.ts';
import { KEY_TYPES } from '../../core/decision/credential.ts';
import { readRefusalStyle, type RefusalStyle } from '../../core/decision/guard-context.ts';
import { readFreshness } from '../../core/decision/freshness.ts';
import { digestKeyValue } from '../../core/keys/key-value.ts';
import type { KeyLocation } from '../../core/refusals/refusal-text.ts';
import { joinFromStage, STAGE_VARIABLES } from '../../core/apis/stage-variables.ts';
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
  const variables: Partial<Record<string, string>> = event.stageVariables ?? {};
  const { headers, queryStringParameters: query, requestContext } = event;
  const apiId = variables[STAGE_VARIABLES.apiId];
  const environment = KEY_TYPES.find((type) => type === variables[STAGE_VARIABLES.environment]);
  const subscription = variables[STAGE_VARIABLES.subscription];
  const header = variables[STAGE_VARIABLES.keyHeader];
  const parameter = variables[STAGE_VARIABLES.keyQueryParameter];
  if (apiId === undefined || environment === undefined || (header ?? parameter) === undefined) {
    throw new Error('the stage variables do not name an API, its environment and the place of its key');
  }
  const sent: Partial<Record<string, string>> = headers ?? {};
  const asked: Partial<Record<string, string>> = query ?? {};
  const inHeader = header === undefined ? undefined : sent[header.toLowerCase()]?.trim();
  const inQuery = parameter === undefined ? undefined : asked[parameter]?.trim();
  const proxies = joinFromStage(STAGE_VARIABLES.trustedProxies, variables);
  const clientAddress = clientAddressOf(
    { address: requestContext.http.sourceIp, headers: sent, digest: digestKeyValue },
    proxies === undefined ? undefined : readProxies(proxies),
  );
  const referrer = sent['referer'];
  return {
    acceptsImported: variables[STAGE_VARIABLES.importedKeys] === 'accepted',
    style: readRefusalStyle(variables[STAGE_VARIABLES.refusals]),
    location: {
      ...(header !== undefined && { header }),
      ...(parameter !== undefined && { queryParameter: parameter }),
    },
    hasForbiddenPath: variables[STAGE_VARIABLES.backendKind] !== 'function' && hasForbiddenPath(event),
    value: inHeader === undefined || inHeader === '' ? inQuery : inHeader,
    call: {
      apiId,
      gatewayApiId: requestContext.apiId,
      environment,
      // Only the exact word lifts the requirement: a missing or misspelt rule must not open the API.
      requiresSubscription: subscription !== 'optional',
      freshness: readFreshness(variables[STAGE_VARIABLES.freshness]),
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
