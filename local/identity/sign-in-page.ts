import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interaction, Provider } from 'oidc-provider';
import { authenticate, DEMO_USERS } from './demo-users.ts';
import type { Form } from './form.ts';
import { html, type HttpAnswer } from './http-answer.ts';
import type { OidcLibrary } from './library.ts';
import { alertParagraph, escapeHtml, page } from './page.ts';
import { PATHS } from './paths.ts';

/** Somebody's browser at the sign-in page. */
export interface SignInVisit {
  readonly library: OidcLibrary;
  readonly provider: Provider;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Shows the form, to the browser that the application has sent here. */
export function showSignInPage(visit: SignInVisit): Promise<HttpAnswer> {
  return atSignIn(visit, (interaction) => signInPage(200, interaction));
}

/**
 * Signs the user in and sends the browser back to the application, if name and password are right.
 * @returns undefined when the browser has its answer.
 */
export function answerSignInPage(visit: SignInVisit, form: Form): Promise<HttpAnswer | undefined> {
  return atSignIn(visit, async (interaction) => {
    const user = authenticate(form.get('username') ?? '', form.get('password') ?? '');
    if (user === undefined) return signInPage(401, interaction, 'Incorrect user name or password.');
    const { provider, request, response } = visit;
    await provider.interactionFinished(request, response, { login: { accountId: user.subject } });
    return undefined;
  });
}

async function atSignIn<T>(
  { library, provider, request, response }: SignInVisit,
  answer: (interaction: Interaction) => T | Promise<T>,
): Promise<T | HttpAnswer> {
  let interaction: Interaction;
  try {
    interaction = await provider.interactionDetails(request, response);
  } catch (error) {
    if (!(error instanceof library.errors.SessionNotFound)) throw error;
    const reason = 'This page was not opened by an application, or has expired. Go back, and begin again.';
    return html(400, page('Cannot sign in', alertParagraph(reason)));
  }
  return answer(interaction);
}

function signInPage(status: number, { uid, params }: Interaction, problem?: string): HttpAnswer {
  const target = params['redirect_uri'];
  const content = `${problem === undefined ? '' : alertParagraph(problem)}
<form method="post" action="${PATHS.signIn}/${escapeHtml(uid)}">
${credentialFields('autofocus')}
<button type="submit">Sign in</button>
</form>
${demoUsersNote()}`;
  const formTarget = typeof target === 'string' ? new URL(target).origin : undefined;
  return html(status, page('Sign in', content), { formTarget });
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
