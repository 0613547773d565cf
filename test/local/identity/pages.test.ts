import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authorizeUrl } from './application.ts';
import { createBrowser } from './browser.ts';
import { ISSUER, startIssuer } from './issuer-fixture.ts';

const SCRIPT = '"><script>alert(1)</script>';

describe('a page of the issuer', () => {
  it('runs no script, loads nothing, and has no style but its own', async () => {
    const issuer = await startIssuer();
    const browser = createBrowser(issuer.base, ISSUER);
    for (const address of [authorizeUrl(), '/oauth2/device', '/oauth2/logout/success', '/oauth2/authorize']) {
      const { response, page } = await browser.open(address);
      const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
      const digest = createHash('sha256').update(style).digest('base64');
      expect(response.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src '[^']*'; form-action [^;]*; frame-ancestors 'none'; base-uri 'none'$/,
      );
      expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${digest}';`);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(page).not.toMatch(/<script|<img|<link| style=| on\w+=/i);
    }
  });

  it('shows nothing that was entered or sent as part of the page', async () => {
    const issuer = await startIssuer();
    const browser = createBrowser(issuer.base, ISSUER);
    const form = await browser.open(authorizeUrl({ login_hint: SCRIPT, state: SCRIPT, nonce: SCRIPT }));
    const failed = await browser.submit(form, { username: SCRIPT, password: SCRIPT });
    expect(failed.response.status).toBe(401);
    const others = [
      authorizeUrl({ client_id: SCRIPT }),
      authorizeUrl({ redirect_uri: `http://localhost:1/${SCRIPT}#x` }),
      `/oauth2/authorize/${encodeURIComponent(SCRIPT)}`,
      `/oauth2/sign-in/${encodeURIComponent(SCRIPT)}`,
      `/oauth2/logout?${new URLSearchParams({ client_id: SCRIPT, id_token_hint: SCRIPT }).toString()}`,
    ];
    for (const { page } of [
      form,
      failed,
      ...(await Promise.all(others.map((address) => browser.open(address)))),
    ]) {
      expect(page).toContain('</main>');
      expect(page).not.toContain('<script>');
    }
    expect(issuer.faults).toEqual([]);
  });

  it('of a sign-in is for the browser that began it', async () => {
    const issuer = await startIssuer();
    const { url } = await createBrowser(issuer.base, ISSUER).open(authorizeUrl());
    expect(url.pathname).toMatch(/^\/oauth2\/sign-in\//);
    const stranger = await fetch(`${issuer.base}${url.pathname}`);
    expect(stranger.status).toBe(400);
    const sent = await issuer.post(url.pathname, { username: 'alice', password: 'alice' });
    expect(sent.status).toBe(400);
    expect(sent.headers.get('location')).toBeNull();
  });

  it('tells an application that the user has none of the scopes', async () => {
    const issuer = await startIssuer();
    const browser = createBrowser(issuer.base, ISSUER);
    const { url } = await browser.signIn(authorizeUrl({ scope: 'apim:admin', nonce: '' }), 'alice');
    expect(url.origin).toBe('http://localhost:5173');
    expect(url.searchParams.get('error')).toBe('invalid_scope');
  });
});

describe('the password grant', () => {
  it.each([
    ['a name that objects have', '__proto__'],
    ['another one', 'constructor'],
    ['a control character', '\u0000'],
    ['a script', SCRIPT],
    ['a query', "' OR 1=1 --"],
    ['a thousand characters', '🔑'.repeat(500)],
  ])('refuses %s as a user name', async (_what, username) => {
    const issuer = await startIssuer();
    const response = await issuer.token({ grant_type: 'password', username, password: username });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: 'invalid_grant',
      error_description: 'Incorrect username or password',
    });
    expect(issuer.faults).toEqual([]);
  });
});
