import type { AuthorizationCodes } from './authorization-codes.ts';
import { authenticate } from './demo-users.ts';
import type { DeviceAuthorizations, DeviceRefusal } from './device-authorizations.ts';
import type { Form } from './form.ts';
import type { Grant, TokenIssuer, TokenResponse } from './issue-tokens.ts';
import { isMachineClient, MACHINE_CLIENT, readClientCredentials } from './machine-client.ts';
import { grantScopes } from './scopes.ts';

/** The grant of a device that shows its user a code (RFC 8628). */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** An error response of the token endpoint (RFC 6749, section 5.2; RFC 8628, section 3.5). */
export interface TokenErrorResponse {
  readonly error:
    | 'invalid_request'
    | 'invalid_client'
    | 'invalid_grant'
    | 'invalid_scope'
    | 'unsupported_grant_type'
    | DeviceRefusal;
  readonly error_description: string;
}

export interface TokenEndpoint {
  /** The public client: what users sign in with, and the audience of every access token. */
  readonly clientId: string;
  readonly issuer: TokenIssuer;
  readonly codes: AuthorizationCodes;
  readonly devices: DeviceAuthorizations;
}

type Answer = TokenResponse | TokenErrorResponse;

/**
 * Answers `POST /oauth2/token`: grants password, authorization_code (with PKCE), device_code and refresh_token for
 * users, client_credentials for the machine client.
 * @param authorization the Authorization header.
 */
export async function answerTokenRequest(
  endpoint: TokenEndpoint,
  form: Form,
  authorization?: string,
): Promise<Answer> {
  const client = readClientCredentials(form, authorization);
  if (client === undefined) return refuse('invalid_client', 'The client credentials cannot be understood');
  if (form.get('grant_type') === 'client_credentials') {
    return isMachineClient(client)
      ? machineGrant(endpoint, form)
      : refuse('invalid_client', 'Incorrect client_id or client_secret');
  }
  if ((client.clientId ?? endpoint.clientId) !== endpoint.clientId)
    return refuse('invalid_client', `The client_id is ${endpoint.clientId}`);
  switch (form.get('grant_type')) {
    case 'password':
      return passwordGrant(endpoint, form);
    case 'authorization_code':
      return codeGrant(endpoint, form);
    case DEVICE_CODE_GRANT:
      return deviceGrant(endpoint, form);
    case 'refresh_token':
      return refreshGrant(endpoint, form);
    case undefined:
      return refuse('invalid_request', 'grant_type is missing');
    default:
      return refuse(
        'unsupported_grant_type',
        'Use password, authorization_code, device_code, client_credentials or refresh_token',
      );
  }
}

/** A client that is no user has no refresh token: it can sign in again at any time (RFC 6749, section 4.4.3). */
function machineGrant(endpoint: TokenEndpoint, form: Form): Promise<Answer> | Answer {
  const scope = grantScopes(MACHINE_CLIENT, form.get('scope'), { isUser: false });
  if (scope === '') return refuse('invalid_scope', 'The client has none of these scopes');
  const grant = {
    user: MACHINE_CLIENT,
    clientId: MACHINE_CLIENT.username,
    scope,
    audience: endpoint.clientId,
  };
  return issue(endpoint, grant, false);
}

async function passwordGrant(endpoint: TokenEndpoint, form: Form): Promise<Answer> {
  const username = form.get('username');
  const password = form.get('password');
  if (username === undefined || password === undefined)
    return refuse('invalid_request', 'username and password are needed');
  const user = authenticate(username, password);
  if (user === undefined) return refuse('invalid_grant', 'Incorrect username or password');
  const scope = grantScopes(user, form.get('scope'));
  if (scope === '') return refuse('invalid_scope', 'The user has none of these scopes');
  return issue(endpoint, { user, clientId: endpoint.clientId, scope }, true);
}

async function codeGrant(endpoint: TokenEndpoint, form: Form): Promise<Answer> {
  const code = form.get('code');
  const redirectUri = form.get('redirect_uri');
  const verifier = form.get('code_verifier');
  if (code === undefined || redirectUri === undefined || verifier === undefined)
    return refuse('invalid_request', 'code, redirect_uri and code_verifier are needed');
  if (!/^[\w.~-]{43,128}$/.test(verifier))
    return refuse('invalid_request', 'code_verifier has 43 to 128 letters, digits or -._~');
  const grant = endpoint.codes.redeem(code, redirectUri, verifier);
  if (grant === undefined)
    return refuse(
      'invalid_grant',
      'The code is unknown, used, expired, or not for this redirect_uri and verifier',
    );
  return issue(endpoint, grant, true);
}

const DEVICE_REFUSALS: Readonly<Record<DeviceRefusal, string>> = {
  authorization_pending: 'The user has not signed in yet',
  slow_down: 'Ask less often',
  access_denied: 'The user refused',
  expired_token: 'The device code has expired; begin again',
  invalid_grant: 'The device code is unknown or used',
};

async function deviceGrant(endpoint: TokenEndpoint, form: Form): Promise<Answer> {
  const deviceCode = form.get('device_code');
  if (deviceCode === undefined) return refuse('invalid_request', 'device_code is missing');
  const grant = endpoint.devices.poll(deviceCode, endpoint.clientId);
  return typeof grant === 'string' ? refuse(grant, DEVICE_REFUSALS[grant]) : issue(endpoint, grant, true);
}

async function refreshGrant(endpoint: TokenEndpoint, form: Form): Promise<Answer> {
  const token = form.get('refresh_token');
  if (token === undefined) return refuse('invalid_request', 'refresh_token is missing');
  const grant = await endpoint.issuer.readRefreshToken(token);
  if (grant === undefined) return refuse('invalid_grant', 'The refresh token is not valid');
  const asked = form.get('scope')?.split(' ');
  if (asked?.some((scope) => !grant.scope.split(' ').includes(scope)) === true)
    return refuse('invalid_scope', 'A refresh cannot add scopes');
  return issue(endpoint, { ...grant, scope: asked?.join(' ') ?? grant.scope }, false);
}

function issue(endpoint: TokenEndpoint, grant: Grant, withRefreshToken: boolean): Promise<TokenResponse> {
  return endpoint.issuer.issue(grant, { withRefreshToken });
}

function refuse(error: TokenErrorResponse['error'], error_description: string): TokenErrorResponse {
  return { error, error_description };
}
