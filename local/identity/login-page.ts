import { DEMO_USERS } from './demo-users.ts';
import type { AuthorizationRequest } from './authorization-request.ts';

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:22rem;margin:4rem auto;padding:0 1rem;color:#1b1f24}
label{display:block;margin:1rem 0 .25rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #57606a;border-radius:4px}
button{font:inherit;margin-top:1.5rem;padding:.5rem 1.5rem;border:0;border-radius:4px;background:#0b57a4;color:#fff}
.error{border-left:4px solid #b3261e;padding-left:.75rem}
:focus-visible{outline:3px solid #0b57a4;outline-offset:2px}`;

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
  const names = DEMO_USERS.map(({ username }) => username).join(', ');
  return page(
    'Sign in',
    `${failed ? '<p class="error" role="alert">Incorrect user name or password.</p>' : ''}
<form method="post" action="/oauth2/authorize">
${fields.join('\n')}
<label for="username">User name</label>
<input id="username" name="username" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>
<p>Users on this machine: ${names}. The password is the user name.</p>`,
  );
}

/** A request that cannot be answered to its client. */
export function refusalPage(reason: string): string {
  return page('Cannot sign in', `<p class="error" role="alert">${escapeHtml(reason)}</p>`);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>
${content}
</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
