import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { TrustedProxies } from '../../core/restrictions/trusted-proxies.ts';
import { toEpochSeconds, type Clock } from '../../platform/clock.ts';
import { describeError } from '../../platform/log.ts';
import { answer, Unauthorized, UNAUTHORIZED, type Answer } from './answer.ts';
import { decideCall, type DecisionSources } from './decide-call.ts';
import { readCall } from './read-call.ts';
import type { RecordRefusal } from './record-refusal.ts';

export interface AuthorizerDependencies extends DecisionSources {
  readonly clock: Clock;
  /** `readTrustedProxies`, whose results are kept. */
  readonly readProxies: (text: string) => TrustedProxies;
  readonly recordRefusal: RecordRefusal;
}

/**
 * Decides about one request, and answers as the style of the API's refusals wants it: see `answer`.
 * @throws Error `Unauthorized`, which API Gateway turns into a 401, for a missing, malformed, unknown, revoked or
 * expired key in the plain style, unless so many were refused that it returns what says the same; any other error
 * (the table did not answer) becomes its 500: never an allowed call.
 */
export async function authorize(
  dependencies: AuthorizerDependencies,
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<Answer | typeof UNAUTHORIZED> {
  const { clock, log, readProxies, recordRefusal } = dependencies;
  const { requestId } = event.requestContext;
  let isOfFlood = false;
  try {
    const now = clock();
    const presented = readCall(event, toEpochSeconds(now), readProxies);
    const decision = await decideCall(dependencies, presented, now);
    if (!decision.allowed) {
      const isTold = recordRefusal({ requestId, at: now, presented, refused: decision });
      isOfFlood = !isTold && presented.call.freshness.mode !== 'gateway';
    }
    return answer(presented, decision);
  } catch (error) {
    // The runtime writes a line about each error that is thrown, and none about what is returned. Whether API Gateway
    // repeats what is returned is not known: where it repeats decisions, the error is thrown.
    if (isOfFlood && error instanceof Unauthorized) return UNAUTHORIZED;
    if (!(error instanceof Unauthorized)) {
      log({ level: 'ERROR', type: 'authorizer_fault', requestId, ...describeError(error) });
    }
    throw error;
  }
}
