import type { Account, Grant, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { findSubject, type DemoUser } from './demo-users.ts';
import type { OidcLibrary } from './library.ts';
import { grantScopes } from './scopes.ts';

/** The claims about users, which come with the scope `openid`. */
export const USER_CLAIMS = ['sub', 'username', 'cognito:username', 'cognito:groups', 'token_use'] as const;

/** A demo user as the library sees one: with the claims of Cognito's id tokens and `userInfo`. */
export function accountOf(subject: string): Account | undefined {
  const user = findSubject(subject);
  return user && { accountId: user.subject, claims: (use) => claimsOf(user, use) };
}

export function claimsOf({ subject, username, groups }: DemoUser, use: string) {
  const claims = { sub: subject, 'cognito:groups': groups };
  return use === 'id_token'
    ? { ...claims, 'cognito:username': username, token_use: 'id' }
    : { ...claims, username };
}

/**
 * The user's consent, which nobody is asked for: of the scopes asked for those that the user may have. Each sign-in has
 * its own, so that ending one leaves the others.
 * @throws InvalidScope when the user may have none of them.
 */
export async function consentTo(
  { errors }: OidcLibrary,
  ctx: KoaContextWithOIDC,
): Promise<Grant | undefined> {
  const { client, session, params, provider } = ctx.oidc;
  const user = findSubject(session?.accountId ?? '');
  if (client === undefined || user === undefined) return undefined;
  const asked = typeof params?.['scope'] === 'string' ? params['scope'] : undefined;
  return grantTo(provider, user, client.clientId, scopesOrRefusal(errors, user, asked));
}

/** The scopes of those asked for that a user may have. @throws InvalidScope when there are none. */
export function scopesOrRefusal(
  errors: OidcLibrary['errors'],
  user: DemoUser,
  asked: string | undefined,
): string {
  const scope = grantScopes(user, asked);
  if (scope === '') {
    throw new errors.CustomOIDCProviderError('invalid_scope', 'The user has none of these scopes');
  }
  return scope;
}

/** Stores that a user lets a client have these scopes; `jti` is the id of the grant. */
export async function grantTo(
  provider: Provider,
  { subject }: DemoUser,
  clientId: string,
  scope: string,
): Promise<Grant> {
  const grant = new provider.Grant({ accountId: subject, clientId });
  grant.addOIDCScope(scope);
  await grant.save();
  return grant;
}
