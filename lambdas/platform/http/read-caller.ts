import { z } from 'zod';
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { Fault } from '../../core/fault.ts';
import type { Caller } from '../../core/caller.ts';

/** A route without its authorizer would not have them, whatever the event's type promises. */
const Verified = z.object({
  authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) }),
});

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;

/** The roles that a token can name in its roles claim. */
export const ROLES = ['developer', 'publisher', 'administrator'] as const;
/** Beside them: whoever holds the value of a key, for what that alone allows. */
export type Role = (typeof ROLES)[number] | 'holder';

/** A caller with the roles that count. */
export interface Identified {
  readonly caller: Caller;
  readonly roles: ReadonlySet<string>;
}

/**
 * Who calls, from the claims that API Gateway's JWT authorizer verified.
 * @param rolesClaim name of the claim that lists the caller's roles, `cognito:groups` for Cognito.
 * @throws Fault `unauthenticated` when there are no claims or no subject.
 */
export function readCaller({ requestContext }: Event, rolesClaim: string): Identified {
  const verified = Verified.safeParse(requestContext);
  const claims = verified.success ? verified.data.authorizer.jwt.claims : {};
  const subject = claims['sub'];
  if (typeof subject !== 'string' || subject === '') {
    throw new Fault('unauthenticated', 'The access token has no subject.');
  }
  const name = [claims['username'], claims['cognito:username'], claims['preferred_username']].find(
    (claim) => typeof claim === 'string' && claim !== '',
  );
  return {
    caller: {
      subject,
      name: typeof name === 'string' ? name : subject,
      sourceIp: requestContext.http.sourceIp,
      requestId: requestContext.requestId,
    },
    roles: new Set(readList(claims[rolesClaim])),
  };
}

/** API Gateway hands arrays over as text: `[developer publisher]`. */
function readList(claim: unknown): readonly string[] {
  if (typeof claim !== 'string') return [];
  return claim
    .replace(/^\[(.*)\]$/s, '$1')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
}
