import type {
  APIGatewayRequestAuthorizerEventV2,
  APIGatewaySimpleAuthorizerWithContextResult,
} from 'aws-lambda';
import type { Credential } from '../core/credential.ts';
import { decideAccess, readPresentedValue, type Decision } from '../core/decide-access.ts';
import { digestKeyValue } from '../core/key-value.ts';
import type { ApiState } from '../core/managed-api.ts';
import { REFUSALS, type RefusalReason } from '../core/refusal.ts';
import { toEpochSeconds, type Clock } from '../platform/clock.ts';
import { describeError, type Log } from '../platform/log.ts';
import { grantOf, type Grant } from './grant.ts';
import { readCall, type PresentedCall } from './read-call.ts';
import { refusalLine } from './refusal-line.ts';

export interface AuthorizerDependencies {
  readonly readCredential: (digest: string, apiId: string) => Promise<Credential | undefined>;
  readonly readApiState: (apiId: string) => Promise<ApiState | undefined>;
  readonly clock: Clock;
  readonly log: Log;
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
    const decision = await decide(dependencies, presented);
    if (decision.allowed) return { isAuthorized: true, context: grantOf(decision.credential) };

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

async function decide(
  { readCredential, readApiState }: AuthorizerDependencies,
  { call, value, acceptsImported }: PresentedCall,
): Promise<Decision> {
  const presented = readPresentedValue(value, acceptsImported);
  if (!presented.wellFormed) return { allowed: false, reason: presented.reason };
  const [credential, api] = await Promise.all([
    readCredential(digestKeyValue(presented.value), call.apiId),
    readApiState(call.apiId),
  ]);
  return decideAccess(call, credential, api);
}

/** API Gateway answers 401 to an error with just this message. */
class Unauthorized extends Error {
  constructor() {
    super('Unauthorized');
  }
}
