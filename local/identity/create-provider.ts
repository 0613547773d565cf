import { createHmac } from 'node:crypto';
import type { Configuration, Provider } from 'oidc-provider';
import { ACCESS_TOKEN_SECONDS } from './access-tokens.ts';
import { accountOf, consentTo, USER_CLAIMS } from './accounts.ts';
import { USER_GRANTS } from './clients.ts';
import { MACHINE_CLIENT } from './demo-users.ts';
import type { IssuerOptions } from './issuer.ts';
import type { OidcLibrary } from './library.ts';
import { errorPage, signedOutPage, signOutPage } from './library-pages.ts';
import { isLoopbackUrl } from './loopback-url.ts';
import { PATHS } from './paths.ts';
import { SCOPES } from './scopes.ts';
import { createTokenStore } from './token-store.ts';

const CODE_SECONDS = 60;
const DEVICE_CODE_SECONDS = 600;
/** A session ends when it was not used for as long as one holds at Amazon Cognito's sign-in page. */
const SESSION_SECONDS = 3_600;
/** A rotated refresh token has the rest of this time. */
const REFRESH_TOKEN_SECONDS = 30 * 24 * 3_600;

/** Sets the library up as an issuer in the place of a Cognito user pool, for the users of one machine. */
export function createProvider(library: OidcLibrary, options: IssuerOptions): Provider {
  const provider = new library.Provider(options.issuer, configurationOf(library, options));
  // Clients on this machine choose their ports and paths freely; nobody is ever sent anywhere else.
  provider.Client.prototype.redirectUriAllowed = isLoopbackUrl;
  provider.Client.prototype.postLogoutRedirectUriAllowed = isLoopbackUrl;
  return provider;
}

function configurationOf(
  library: OidcLibrary,
  { issuer, clientId, key, journal }: IssuerOptions,
): Configuration {
  const policy = library.interactionPolicy.base();
  policy.remove('consent');
  // Cookies do not know ports, and this machine can run several issuers.
  const cookie = `keybound-${new URL(issuer).port}`;
  return {
    adapter: createTokenStore(journal),
    jwks: { keys: [key.privateJwk] },
    clients: [
      {
        client_id: clientId,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://localhost/'],
        post_logout_redirect_uris: ['http://localhost/'],
        grant_types: [...USER_GRANTS],
        response_types: ['code'],
      },
      {
        client_id: MACHINE_CLIENT.username,
        client_secret: MACHINE_CLIENT.username,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      },
    ],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    responseTypes: ['code'],
    allowOmittingSingleRegisteredRedirectUri: false,
    scopes: [...SCOPES],
    claims: { openid: [...USER_CLAIMS] },
    findAccount: (_ctx, subject) => accountOf(subject),
    loadExistingGrant: (ctx) => consentTo(library, ctx),
    interactions: { policy, url: (_ctx, { uid }) => `${PATHS.signIn}/${uid}` },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    // As at Cognito, signing out ends the browser's session; a client revokes its own tokens.
    expiresWithSession: () => false,
    clockTolerance: 0,
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      DeviceCode: DEVICE_CODE_SECONDS,
      Grant: REFRESH_TOKEN_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: SESSION_SECONDS,
      RefreshToken: (ctx) => ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? REFRESH_TOKEN_SECONDS,
      Session: SESSION_SECONDS,
    },
    cookies: {
      names: { session: `${cookie}-session`, interaction: `${cookie}-sign-in`, resume: `${cookie}-resume` },
      long: { httpOnly: true, sameSite: 'lax', path: '/oauth2' },
      short: { httpOnly: true, sameSite: 'lax' },
      // From the signing key, so that sessions outlive the runner.
      keys: [createHmac('sha256', key.privateJwk.d).update('cookies').digest('base64url')],
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true, deviceInfo: () => ({}) },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      rpInitiatedLogout: { enabled: true, logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
      userinfo: { enabled: true },
    },
    renderError: errorPage,
    routes: {
      authorization: PATHS.authorize,
      code_verification: PATHS.device,
      device_authorization: PATHS.deviceAuthorization,
      end_session: PATHS.signOut,
      jwks: PATHS.keys,
      revocation: PATHS.revoke,
      token: PATHS.token,
      userinfo: PATHS.userInfo,
    },
  };
}
