import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { findSubject } from './demo-users.ts';
import { pageHeaders, type PagePolicy } from './http-answer.ts';
import { alertParagraph, page } from './page.ts';
import { PATHS } from './paths.ts';

const PRESS_THE_BUTTON = "document.querySelector('button').click()";

/**
 * Asks whether the user wants to sign out. An application that shows the user's own id token has asked already.
 * @param form the library's form, without a button.
 */
export function signOutPage(ctx: KoaContextWithOIDC, form: string): void {
  const { session, entities } = ctx.oidc;
  const user = findSubject(session?.accountId ?? '');
  const target = session?.state?.['postLogoutRedirectUri'];
  const isAsked = user === undefined || entities.IdTokenHint?.payload['sub'] !== user.subject;
  const content = `<p>You are signed in as ${user?.username ?? 'nobody'}.</p>
${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
${isAsked ? '' : `<script>${PRESS_THE_BUTTON}</script>`}`;
  show(ctx, page('Sign out', content), {
    formTarget: typeof target === 'string' ? new URL(target).origin : undefined,
    script: isAsked ? undefined : PRESS_THE_BUTTON,
  });
}

/** Tells the user that the session has ended, if no application wants the user back. */
export function signedOutPage(ctx: KoaContextWithOIDC): void {
  show(ctx, page('Signed out', '<p>You are signed out. Close this page.</p>'));
}

/** Tells the user about an error that cannot be told to an application. */
export function errorPage(ctx: KoaContextWithOIDC, { error, error_description }: ErrorOut): void {
  const title = ctx.path.startsWith(PATHS.signOut) ? 'Cannot sign out' : 'Cannot sign in';
  const reason =
    error === 'invalid_redirect_uri'
      ? 'The redirect_uri is not an address on this machine.'
      : sentence(error_description ?? error);
  show(ctx, page(title, alertParagraph(`${reason} Go back, and begin again.`)));
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

function show(ctx: KoaContextWithOIDC, body: string, policy: PagePolicy = {}): void {
  ctx.set({ ...pageHeaders(policy) });
  ctx.body = body;
}
