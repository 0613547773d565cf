import type { APIGatewaySimpleAuthorizerWithContextResult } from 'aws-lambda';
import { grantOf, NO_GRANT, type Grant } from '../../contract/grant.ts';
import {
  writeAllowed,
  writeRefused,
  type AllowedContext,
  type RefusedContext,
} from '../../contract/guard-context.ts';
import type { Decision, Refused } from '../../core/decision/decide-access.ts';
import { describeRefusal, type KeyLocation } from '../../core/refusals/refusal-text.ts';
import { REFUSALS, type Refusal, type RefusalReason } from '../../core/refusals/refusal.ts';
import { rateLimitFields } from './rate-limit-fields.ts';
import type { PresentedCall } from './read-call.ts';

export type Answer =
  | APIGatewaySimpleAuthorizerWithContextResult<Grant & AllowedContext>
  | APIGatewaySimpleAuthorizerWithContextResult<Grant & RefusedContext>
  | APIGatewaySimpleAuthorizerWithContextResult<Grant & { reason: RefusalReason; code: string }>;

/** The runtime's report of the error `Unauthorized`: API Gateway was seen to answer 401 to it, returned or thrown. */
export const UNAUTHORIZED = { errorMessage: 'Unauthorized' } as const;

/**
 * What API Gateway is told of a decision. Allowed: `isAuthorized: true` with the `Grant`. Refused, in the plain style:
 * `isAuthorized: false` with the reason, which becomes a 403. Refused, in a detailed style: `isAuthorized: true` with
 * a `RefusedContext` and nothing in the `Grant`, and the guard around the backend answers.
 * @throws Unauthorized instead of a 403, in the plain style, where the refusal's status is 401.
 */
export function answer({ call, style, location }: PresentedCall, decision: Decision): Answer {
  const { atEpochSeconds } = call;
  if (decision.allowed) {
    const grant = grantOf(decision.credential, decision.standing);
    const fields = rateLimitFields(decision.limits, atEpochSeconds);
    return { isAuthorized: true, context: { ...grant, ...writeAllowed(fields) } };
  }
  const { reason, limit } = decision;
  const { status, code, message } = REFUSALS[reason];
  if (style === 'plain') {
    if (status === 401) throw new Unauthorized();
    return { isAuthorized: false, context: { ...NO_GRANT, reason, code } };
  }
  const nextAccessEpochSeconds = nextAccessOf(decision, atEpochSeconds);
  return {
    isAuthorized: true,
    context: {
      ...NO_GRANT,
      ...writeRefused(
        {
          style,
          status,
          code,
          message,
          description: describeRefusal(reason, style, location),
          ...(status === 401 && { challenge: challengeOf(location) }),
          ...(nextAccessEpochSeconds !== undefined && { nextAccessEpochSeconds }),
        },
        reason,
        limit === undefined ? {} : rateLimitFields([limit], atEpochSeconds),
      ),
    },
  };
}

/**
 * Tells a client without a valid key where to put one, in the form of WSO2. No value needs escaping: a stage variable
 * holds neither quotes nor backslashes.
 */
function challengeOf({ header, queryParameter }: KeyLocation): string {
  const parameters = Object.entries({ realm: 'Keybound', header, query: queryParameter });
  const given = parameters.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]));
  return `API Key ${given.join(', ')}`;
}

/** When it makes sense to call again, in seconds since the epoch; `undefined`: nobody knows. */
function nextAccessOf({ reason, limit }: Refused, nowEpochSeconds: number): number | undefined {
  if (limit !== undefined) return limit.nextAccessEpochSeconds;
  const { retryAfterSeconds }: Refusal = REFUSALS[reason];
  return retryAfterSeconds === undefined ? undefined : nowEpochSeconds + retryAfterSeconds;
}

/** API Gateway answers 401 to an error with just this message. */
export class Unauthorized extends Error {
  constructor() {
    super('Unauthorized');
  }
}
