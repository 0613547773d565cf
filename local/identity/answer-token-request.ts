import type { AuthorizationCodes } from './authorization-codes.ts';
import { authenticate } from './demo-users.ts';
import type { Form } from './form.ts';
import type { Grant, TokenIssuer, TokenResponse } from './issue-tokens.ts';
import { grantScopes } from './scopes.ts';

/** An error response of the token endpoint (RFC 6749, section 5.2). */
export interface TokenErrorResponse {
  readonly error:
    'invalid_request' | 'invalid_client' | 'invalid_grant' | 'invalid_scope' | 'unsupported_grant_type';
  readonly error_description: string;
}

export interface TokenEndpoint {
  readonly clientId: string;
  readonly issuer: TokenIssuer;
  readonly codes: AuthorizationCodes;
}

/** Answers `POST /oauth2/token`: grants password, authorization_code (with PKCE) and refresh_token. */
export async function answerTokenRequest(
  endpoint: TokenEndpoint,
  form: Form,
): Promise<TokenResponse | TokenErrorResponse> {
  if ((form.get('client_id') ?? endpoint.clientId) !== endpoint.clientId)
    return refuse('invalid_client', `The client_id is ${endpoint.clientId}`);
  switch (form.get('grant_type')) {
    case 'password':
      return passwordGrant(endpoint, form);
    case 'authorization_code':
      return codeGrant(endpoint, form);
    case 'refresh_token':
      return refreshGrant(endpoint, form);
    case undefined:
      return refuse('invalid_request', 'grant_type is missing');
    default:
      return refuse('unsupported_grant_type', 'Use password, authorization_code or refresh_token');
  }
}

async function passwordGrant(
  endpoint: TokenEndpoint,
  form: Form,
): Promise<TokenResponse | TokenErrorResponse> {
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

async function codeGrant(endpoint: TokenEndpoint, form: Form): Promise<TokenResponse | TokenErrorResponse> {
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

async function refreshGrant(
  endpoint: TokenEndpoint,
  form: Form,
): Promise<TokenResponse | TokenErrorResponse> {
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
