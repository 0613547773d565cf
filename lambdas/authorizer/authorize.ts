import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { toEpochSeconds, type Clock } from '../platform/clock.ts';
import { describeError } from '../platform/log.ts';
import { answer, Unauthorized, type Answer } from './answer.ts';
import { decideCall, type DecisionSources } from './decide-call.ts';
import { readCall } from './read-call.ts';
import { refusalLine } from './refusal-line.ts';

export interface AuthorizerDependencies extends DecisionSources {
  readonly clock: Clock;
}

/**
 * Decides about one request, and answers as the style of the API's refusals wants it: see `answer`.
 * @throws Error `Unauthorized`, which API Gateway turns into a 401, for a missing, malformed, unknown, revoked or
 * expired key in the plain style; any other error (the table did not answer) becomes its 500: never an allowed call.
 */
export async function authorize(
  dependencies: AuthorizerDependencies,
  event: APIGatewayRequestAuthorizerEventV2,
): Promise<Answer> {
  const { clock, log } = dependencies;
  const { requestId } = event.requestContext;
  try {
    const now = clock();
    const presented = readCall(event, toEpochSeconds(now));
    const decision = await decideCall(dependencies, presented, now);
    if (!decision.allowed) log(refusalLine(requestId, now, presented, decision));
    return answer(presented, decision);
  } catch (error) {
    if (!(error instanceof Unauthorized)) {
      log({ level: 'ERROR', type: 'authorizer_fault', requestId, ...describeError(error) });
    }
    throw error;
  }
}
