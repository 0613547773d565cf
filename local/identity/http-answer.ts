import { createHash } from 'node:crypto';
import { STYLE } from './page.ts';

/** What the issuer answers to a request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Parts of a page's policy. */
export interface PagePolicy {
  /** Where the answer to the page's form can redirect to, besides the issuer's own. */
  readonly formTarget?: string | undefined;
  /** The inline script that the page has. */
  readonly script?: string | undefined;
}

export function html(status: number, body: string, policy: PagePolicy = {}): HttpAnswer {
  return { status, headers: pageHeaders(policy), body };
}

/** The headers of a page: nothing is loaded from anywhere, nobody frames it, and forms lead where they should. */
export function pageHeaders({ formTarget, script }: PagePolicy): Readonly<Record<string, string>> {
  // Browsers apply form-action to the redirect that answers the form, too.
  const formAction = formTarget === undefined ? "'self'" : `'self' ${formTarget}`;
  const scripts = script === undefined ? '' : `script-src ${digestSource(script)}; `;
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      `default-src 'none'; ${scripts}style-src ${digestSource(STYLE)}; ` +
      `form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

const LOOPBACK_SOURCES = ['localhost', '*.localhost', '127.0.0.1']
  .flatMap((host) => [`http://${host}:*`, `https://${host}:*`])
  .join(' ');

/** The policy of the library's own pages: it adds its scripts, which send a form at once. */
export const LIBRARY_POLICY = `default-src 'none'; script-src; form-action 'self' ${LOOPBACK_SOURCES}; frame-ancestors 'none'; base-uri 'none'`;

function digestSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

export function json(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
