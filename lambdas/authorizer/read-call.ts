import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { Call } from '../core/decide-access.ts';
import { KEY_TYPES } from '../core/credential.ts';
import { readRefusalStyle, type RefusalStyle } from '../core/guard-context.ts';
import { readFreshness } from '../core/freshness.ts';
import { STAGE_VARIABLES } from '../core/stage-variables.ts';

/** A call, and the key value that it presents, if any. */
export interface PresentedCall {
  readonly call: Call;
  readonly value: string | undefined;
  /** Whether the API takes keys that were made elsewhere. */
  readonly acceptsImported: boolean;
  /** How the API answers a refused call. */
  readonly style: RefusalStyle;
  /** What tells a client without a valid key where to put one: a value of `WWW-Authenticate`. */
  readonly challenge: string;
}

/**
 * Reads the authorizer's event. Which API and environment were called, where its key travels and whether it
 * needs a subscription stands in the stage variables that `ProtectedHttpApi` writes.
 * @throws Error when they are missing: the gateway is not one of ours, and there is nothing to decide.
 */
export function readCall(event: APIGatewayRequestAuthorizerEventV2, atEpochSeconds: number): PresentedCall {
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
  const { sourceIp } = requestContext.http;
  const referrer = sent['referer'];
  return {
    acceptsImported: variables[STAGE_VARIABLES.importedKeys] === 'accepted',
    style: readRefusalStyle(variables[STAGE_VARIABLES.refusals]),
    challenge: challengeOf({ realm: apiId, header, query: parameter }),
    value: inHeader === undefined || inHeader === '' ? inQuery : inHeader,
    call: {
      apiId,
      gatewayApiId: requestContext.apiId,
      environment,
      // Only the exact word lifts the requirement: a missing or misspelt rule must not open the API.
      requiresSubscription: subscription !== 'optional',
      freshness: readFreshness(variables[STAGE_VARIABLES.freshness]),
      clientAddress: sourceIp,
      atEpochSeconds,
      ...(referrer !== undefined && { referrer }),
    },
  };
}

/** No value needs escaping: a stage variable holds neither quotes nor backslashes. */
function challengeOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${value}"`],
  );
  return `ApiKey ${given.join(', ')}`;
}
