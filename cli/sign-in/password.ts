import type { SignIn } from './sign-in.ts';
import { askForTokens, tokensOrFailure } from './token-endpoint.ts';

/** Signs a demo user of the local runner in. */
export function signInByPassword(username: string, password: string): SignIn {
  return async ({ http, configuration, clientId, scope }) => {
    const form = { grant_type: 'password', client_id: clientId, username, password, scope };
    return tokensOrFailure(await askForTokens(http, configuration.token_endpoint, form));
  };
}
