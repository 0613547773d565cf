import type { SignIn } from './sign-in.ts';
import { askForTokens, tokensOrFailure } from './token-endpoint.ts';

/** Signs a machine in (RFC 6749, section 4.4). */
export function signInByClientCredentials(secret: string): SignIn {
  return async ({ http, configuration, clientId, scope }) => {
    const credentials = [clientId, secret].map(encodeURIComponent).join(':');
    const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
    const form = { grant_type: 'client_credentials', scope };
    return tokensOrFailure(await askForTokens(http, configuration.token_endpoint, form, headers));
  };
}
