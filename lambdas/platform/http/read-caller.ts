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

/** The header that names a group to act for. */
export const GROUP_HEADER = 'x-keybound-group';

/** The header in which a holder presents the value of a key. */
export const HOLDER_HEADER = 'apikey';

/** What partitions of groups begin with. No token's subject may. */
const GROUP_PREFIX = 'group:';

/**
 * Who calls, from the claims that API Gateway's JWT authorizer verified. A caller may act for a group that the token
 * names (`x-keybound-group`): then everything is about what belongs to the group.
 * @param rolesClaim name of the claim that lists the caller's roles and groups, `cognito:groups` for Cognito.
 * @throws Fault `unauthenticated` when there are no claims or no subject; `forbidden` for another's group.
 */
export function readCaller({ requestContext, headers }: Event, rolesClaim: string): Identified {
  const verified = Verified.safeParse(requestContext);
  const claims = verified.success ? verified.data.authorizer.jwt.claims : {};
  const subject = claims['sub'];
  if (typeof subject !== 'string' || subject === '' || subject.startsWith(GROUP_PREFIX)) {
    throw new Fault('unauthenticated', 'The access token has no subject that can be used.');
  }
  const username = [claims['username'], claims['cognito:username'], claims['preferred_username']].find(
    (claim) => typeof claim === 'string' && claim !== '',
  );
  const name = typeof username === 'string' ? username : subject;
  const groups = new Set(readList(claims[rolesClaim]));
  const group = headers[GROUP_HEADER]?.trim();
  return {
    caller: {
      ...(group === undefined ? { subject, name } : actingFor(group, groups, { subject, name })),
      sourceIp: requestContext.http.sourceIp,
      requestId: requestContext.requestId,
    },
    roles: groups,
  };
}

function actingFor(
  group: string,
  groups: ReadonlySet<string>,
  actor: { readonly subject: string; readonly name: string },
): Pick<Caller, 'subject' | 'name' | 'actor'> {
  // A role is no group: its members have nothing to share.
  if (!groups.has(group) || ROLES.some((role) => role === group)) {
    throw new Fault('forbidden', `You are not a member of the group that the header ${GROUP_HEADER} names.`);
  }
  return { subject: `${GROUP_PREFIX}${group}`, name: group, actor };
}

/** API Gateway hands arrays over as text: `[developer publisher]`. */
function readList(claim: unknown): readonly string[] {
  if (typeof claim !== 'string') return [];
  // Inside brackets only spaces separate: a comma may be part of a group's name, and must not make a role of it.
  const flattened = /^\[(.*)\]$/s.exec(claim)?.[1];
  const entries = flattened === undefined ? claim.split(/[\s,]+/) : flattened.split(' ');
  return entries.filter((entry) => entry !== '');
}
