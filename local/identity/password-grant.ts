import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { ACCESS_TOKEN_SECONDS } from './access-tokens.ts';
import { claimsOf, grantTo, scopesOrRefusal } from './accounts.ts';
import { authenticate } from './demo-users.ts';
import type { OidcLibrary } from './library.ts';

interface PasswordParameters {
  readonly username?: string;
  readonly password?: string;
}

/** Adds the grant of RFC 6749, section 4.3, for terminals and tests: the library has it no longer. */
export function registerPasswordGrant(library: OidcLibrary, provider: Provider): void {
  provider.registerGrantType<PasswordParameters>('password', (ctx) => answerPasswordGrant(library, ctx), [
    'username',
    'password',
    'scope',
  ]);
}

async function answerPasswordGrant(
  { errors }: OidcLibrary,
  ctx: TokenEndpointGrantContext<PasswordParameters>,
): Promise<void> {
  const { client, params, provider } = ctx.oidc;
  const { username = '', password = '' } = params;
  if (username === '' || password === '') throw new errors.InvalidRequest('username and password are needed');
  const user = authenticate(username, password);
  if (user === undefined) {
    throw new errors.CustomOIDCProviderError('invalid_grant', 'Incorrect username or password');
  }
  const scope = scopesOrRefusal(errors, user, params.scope);

  const { jti: grantId } = await grantTo(provider, user, client.clientId, scope);
  const source = { accountId: user.subject, client, grantId, gty: 'password', scope };
  const authTime = Math.floor(Date.now() / 1000);
  const accessToken = new provider.AccessToken(source);
  ctx.oidc.entity('AccessToken', accessToken);
  const access_token = await accessToken.save();
  const refresh_token = await new provider.RefreshToken({ ...source, authTime }).save();
  const idToken = new provider.IdToken({}, { ctx });
  const claims = { ...claimsOf(user, 'id_token'), auth_time: authTime };
  for (const [name, value] of Object.entries(claims)) idToken.set(name, value);
  ctx.body = {
    access_token,
    refresh_token,
    ...(scope.split(' ').includes('openid') && { id_token: await idToken.issue({ use: 'idtoken' }) }),
    token_type: 'Bearer',
    expires_in: ACCESS_TOKEN_SECONDS,
    scope,
  };
}
