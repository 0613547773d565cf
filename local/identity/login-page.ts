import { DEMO_USERS } from './demo-users.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { alertParagraph, escapeHtml, page } from './page.ts';

/** The sign-in form. What came with the request goes along in hidden fields. */
export function loginPage(request: AuthorizationRequest, failed: boolean): string {
  const hidden = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    code_challenge: request.codeChallenge,
    code_challenge_method: 'S256',
    scope: request.scope,
    state: request.state,
    nonce: request.nonce,
  };
  const fields = Object.entries(hidden).flatMap(([name, value]) =>
    value === undefined ? [] : [`<input type="hidden" name="${name}" value="${escapeHtml(value)}">`],
  );
  return page(
    'Sign in',
    `${failed ? alertParagraph('Incorrect user name or password.') : ''}
<form method="post" action="/oauth2/authorize">
${fields.join('\n')}
${credentialFields('autofocus')}
<button type="submit">Sign in</button>
</form>
${demoUsersNote()}`,
  );
}

/** @param more attribute of the first field. */
export function credentialFields(more: 'autofocus' | '' = ''): string {
  return `<label for="username">User name</label>
<input id="username" name="username" autocomplete="username" required${more === '' ? '' : ` ${more}`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>`;
}

export function demoUsersNote(): string {
  const names = DEMO_USERS.map(({ username }) => username).join(', ');
  return `<p>Users on this machine: ${names}. The password is the user name.</p>`;
}

/** A request that cannot be answered to its client. */
export function refusalPage(reason: string): string {
  return page('Cannot sign in', alertParagraph(reason));
}
