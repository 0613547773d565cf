import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import { REFUSALS, type RefusalReason } from '../core/refusal.ts';
import { toEpochSeconds, type Clock } from '../platform/clock.ts';
import { describeError } from '../platform/log.ts';
import { decideCall, type DecisionSources } from './decide-call.ts';
import { grantOf, type Grant } from './grant.ts';
import { readCall } from './read-call.ts';
import { refusalLine } from './refusal-line.ts';

export interface AuthorizerDependencies extends DecisionSources {
  readonly clock: Clock;
}

type Answer =
  | APIGatewaySimpleAuthorizerWithContextResult<Grant>
  | APIGatewaySimpleAuthorizerWithContextResult<{ reason: RefusalReason; code: string }>;

/**
 * Decides about one request. Allowed → `isAuthorized: true` with a `Grant`. Refused with 403 or more →
 * `isAuthorized: false` with the reason.
 * @throws Error `Unauthorized`, which API Gateway turns into a 401, for a missing, malformed, unknown, revoked or
 * expired key; any other error (the table did not answer) becomes its 500: never an allowed call.
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
    if (decision.allowed)
      return { isAuthorized: true, context: grantOf(decision.credential, decision.standing) };

    log(refusalLine(requestId, now, presented.call, decision));
    const { reason } = decision;
    const { status, code } = REFUSALS[reason];
    if (status === 401) throw new Unauthorized();
    return { isAuthorized: false, context: { reason, code } };
  } catch (error) {
    if (!(error instanceof Unauthorized)) {
      log({ level: 'ERROR', type: 'authorizer_fault', requestId, ...describeError(error) });
    }
    throw error;
  }
}

/** API Gateway answers 401 to an error with just this message. */
class Unauthorized extends Error {
  constructor() {
    super('Unauthorized');
  }
}
