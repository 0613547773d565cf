import type { Form } from './form.ts';

/** A request to sign somebody in (authorization code with PKCE). */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly scope?: string;
  readonly state?: string;
  readonly nonce?: string;
}

/** Why a request is refused. Only when the client is known to be genuine is the error sent to it. */
export type AuthorizationRefusal =
  { readonly tell: 'user'; readonly reason: string } | { readonly tell: 'client'; readonly location: string };

/** Checks the parameters of `/oauth2/authorize`. */
export function readAuthorizationRequest(
  form: Form,
  clientId: string,
): AuthorizationRequest | AuthorizationRefusal {
  const redirectUri = form.get('redirect_uri');
  if (form.get('client_id') !== clientId)
    return { tell: 'user', reason: `The client_id is not ${clientId}.` };
  if (redirectUri === undefined || !isLoopbackUrl(redirectUri))
    return { tell: 'user', reason: 'The redirect_uri is not an address on this machine.' };
  const refuse = (error: string, description: string): AuthorizationRefusal => ({
    tell: 'client',
    location: redirectWith(redirectUri, { error, error_description: description, state: form.get('state') }),
  });
  const responseType = form.get('response_type');
  if (responseType === undefined) return refuse('invalid_request', 'response_type is missing');
  if (responseType !== 'code') return refuse('unsupported_response_type', 'The response_type is code');
  const codeChallenge = form.get('code_challenge');
  if (form.get('code_challenge_method') !== 'S256' || codeChallenge === undefined)
    return refuse('invalid_request', 'A code_challenge with the code_challenge_method S256 is needed');
  if (!/^[\w-]{43}$/.test(codeChallenge))
    return refuse('invalid_request', 'The code_challenge is not the base64url of a SHA-256');
  const scope = form.get('scope');
  const state = form.get('state');
  const nonce = form.get('nonce');
  return {
    clientId,
    redirectUri,
    codeChallenge,
    ...(scope === undefined ? {} : { scope }),
    ...(state === undefined ? {} : { state }),
    ...(nonce === undefined ? {} : { nonce }),
  };
}

/** A redirect URI with the parameters of the answer, those that are undefined left out. */
export function redirectWith(
  redirectUri: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** Whether a URL leads to this machine, whatever resolves names: by http or https, without user info or fragment. */
export function isLoopbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isLoopback =
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]';
  return (
    /^https?:$/.test(protocol) && isLoopback && username === '' && password === '' && !text.includes('#')
  );
}
