import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { Fault } from '../../core/http/fault.ts';
import type { Caller } from '../../core/http/caller.ts';
import { GROUP_HEADER, ROLES } from '../../contract/roles.ts';
import { isAccessToken, namesIn, readVerifiedToken } from './verified-token.ts';

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;

/** A caller with the roles that count. */
export interface Identified {
  readonly caller: Caller;
  readonly roles: ReadonlySet<string>;
}

/** What partitions of groups begin with. No token's subject may. */
const GROUP_PREFIX = 'group:';

/** How the tokens of the issuer are read. */
export interface TokenRules {
  /** Name of the claim that lists the caller's roles and groups, `cognito:groups` for Cognito. */
  readonly rolesClaim: string;
  /** A scope that only access tokens have; see `isAccessToken`. */
  readonly accessScope?: string;
}

/**
 * Who calls, from the token that API Gateway's JWT authorizer verified. A caller may act for a group that the token
 * names (`x-keybound-group`): then everything is about what belongs to the group.
 * @throws Fault `unauthenticated` without a token, for one that is no access token, and for one without a subject that
 * can be used; `forbidden` for another's group.
 */
export function readCaller(
  event: Pick<Event, 'headers' | 'requestContext'>,
  { rolesClaim, accessScope }: TokenRules,
): Identified {
  const { requestContext, headers } = event;
  const token = readVerifiedToken(event);
  const { sub: subject } = token?.claims ?? {};
  if (
    token === undefined ||
    typeof subject !== 'string' ||
    subject === '' ||
    subject.startsWith(GROUP_PREFIX)
  ) {
    throw new Fault('unauthenticated', 'The access token has no usable subject.');
  }
  if (!isAccessToken(token, accessScope)) {
    throw new Fault('unauthenticated', 'The token is not an access token. An ID token cannot replace it.');
  }
  const { claims } = token;
  const username = [claims['username'], claims['cognito:username'], claims['preferred_username']].find(
    (claim) => typeof claim === 'string' && claim !== '',
  );
  const name = typeof username === 'string' ? username : subject;
  const groups = new Set(namesIn(claims, rolesClaim));
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
