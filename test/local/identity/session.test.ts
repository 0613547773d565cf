import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { authorizeUrl, exchange, tokensOf } from './application.ts';
import { createBrowser, type Browser, type Visit } from './browser.ts';
import { ISSUER, startIssuer, tokens, type Issuer } from './issuer-fixture.ts';

async function startSession() {
  const issuer = await startIssuer();
  const browser = createBrowser(issuer.base, ISSUER);
  const signedIn = await tokensOf(issuer, browser, 'alice');
  return { issuer, browser, idToken: signedIn.id_token ?? '' };
}

/** Whether the browser is sent back without a page. */
function isSignedIn({ url }: Visit): boolean {
  return url.origin === 'http://localhost:5173' && url.searchParams.has('code');
}

async function userOf(issuer: Issuer, { url }: Visit): Promise<unknown> {
  const response = await exchange(issuer, url.searchParams.get('code') ?? '');
  return decodeJwt(tokens.parse(await response.json()).access_token)['username'];
}

function signOutUrl(query: Readonly<Record<string, string>>): string {
  return `/oauth2/logout?${new URLSearchParams(query).toString()}`;
}

describe('a session', () => {
  it('signs its user in without a page, until an hour after its last use', async () => {
    const { issuer, browser } = await startSession();
    const again = await browser.open(authorizeUrl());
    expect(isSignedIn(again)).toBe(true);
    expect(await userOf(issuer, again)).toBe('alice');
    expect(isSignedIn(await createBrowser(issuer.base, ISSUER).open(authorizeUrl()))).toBe(false);
    for (const seconds of [3_599, 3_599]) {
      issuer.clock.now += seconds * 1000;
      expect(isSignedIn(await browser.open(authorizeUrl()))).toBe(true);
    }
    issuer.clock.now += 3_600_000;
    expect((await browser.open(authorizeUrl())).page).toContain('id="password"');
  });

  it('is a cookie for the issuer alone, which scripts and other sites cannot use', async () => {
    const { browser } = await startSession();
    expect(browser.cookieHeaders.length).toBeGreaterThan(2);
    for (const header of browser.cookieHeaders) {
      expect(header).toMatch(/^keybound-9443-[\w.-]+=/);
      expect(header).toMatch(/; path=\/oauth2/);
      expect(header).toMatch(/; samesite=lax/i);
      expect(header).toMatch(/; httponly/i);
    }
  });

  it('gives way to a page when the application asks for one, and to another user', async () => {
    const { issuer, browser } = await startSession();
    const page = await browser.open(authorizeUrl({ prompt: 'login' }));
    expect(page.page).toContain('id="password"');
    let visit = await browser.submit(page, { username: 'bob', password: 'bob' });
    // Ends the session of the user before by a form that sends itself.
    while (visit.url.origin === ISSUER) visit = await submitItself(browser, visit);
    expect(await userOf(issuer, visit)).toBe('bob');
    expect(await userOf(issuer, await browser.open(authorizeUrl()))).toBe('bob');
  });

  it('is needed by an application that wants no page', async () => {
    const { browser, issuer } = await startSession();
    expect(isSignedIn(await browser.open(authorizeUrl({ prompt: 'none' })))).toBe(true);
    const stranger = await createBrowser(issuer.base, ISSUER).open(authorizeUrl({ prompt: 'none' }));
    expect(stranger.url.searchParams.get('error')).toBe('login_required');
    expect(stranger.url.searchParams.has('code')).toBe(false);
  });
});

/** Does what a page's own script does, if the page's policy lets it run. */
function submitItself(browser: Browser, visit: Visit): Promise<Visit> {
  const script = /<script>([^<]*)<\/script>/.exec(visit.page)?.[1] ?? '';
  const digest = createHash('sha256').update(script).digest('base64');
  expect(visit.response.headers.get('content-security-policy')).toContain(`script-src 'sha256-${digest}';`);
  return browser.submit(visit, visit.page.includes('name="logout" value="yes">') ? { logout: 'yes' } : {});
}

describe('signing out', () => {
  const BACK = 'http://localhost:5173/signed-out';

  it('ends the session at once when the application shows the id token of its user', async () => {
    const { browser, idToken } = await startSession();
    const query = { id_token_hint: idToken, post_logout_redirect_uri: BACK, state: 's1' };
    const page = await browser.open(signOutUrl(query));
    expect(page.response.headers.get('content-security-policy')).toContain(
      "form-action 'self' http://localhost:5173;",
    );
    const { url } = await submitItself(browser, page);
    expect(url.href).toBe(`${BACK}?state=s1`);
    expect(isSignedIn(await browser.open(authorizeUrl()))).toBe(false);
  });

  it('asks the user otherwise, and goes on if the user does not want to', async () => {
    const { browser } = await startSession();
    const page = await browser.open(signOutUrl({ client_id: 'keybound-local' }));
    expect(page.page).toContain('You are signed in as alice.');
    expect(page.page).not.toContain('<script');
    expect(isSignedIn(await browser.open(authorizeUrl()))).toBe(true);
    const again = await browser.open(signOutUrl({ client_id: 'keybound-local' }));
    const done = await browser.submit(again, { logout: 'yes' });
    expect(done.page).toContain('You are signed out.');
    expect(isSignedIn(await browser.open(authorizeUrl()))).toBe(false);
  });

  it('takes no form of another page', async () => {
    const { browser, issuer } = await startSession();
    await browser.open(signOutUrl({}));
    const cookie = Array.from(browser.cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const response = await issuer.post('/oauth2/logout/confirm', { logout: 'yes', xsrf: 'x' }, { cookie });
    expect(response.status).toBe(400);
    expect(isSignedIn(await browser.open(authorizeUrl()))).toBe(true);
  });

  it('returns without a question when nobody is signed in', async () => {
    const { issuer, idToken } = await startSession();
    const browser = createBrowser(issuer.base, ISSUER);
    const query = { id_token_hint: idToken, post_logout_redirect_uri: BACK };
    const page = await browser.open(signOutUrl(query));
    expect((await submitItself(browser, page)).url.href).toBe(BACK);
  });

  it.each([
    ['another machine', 'https://evil.example/'],
    ['a host that only looks local', 'http://localhost.evil.example/'],
    ['user info', 'http://localhost@evil.example/'],
    ['another scheme', 'javascript:alert(1)'],
  ])('never leads to %s', async (_what, post_logout_redirect_uri) => {
    const { browser, idToken } = await startSession();
    const known = { id_token_hint: idToken, post_logout_redirect_uri };
    expect((await browser.open(signOutUrl(known))).response.status).toBe(400);
    const page = await browser.open(signOutUrl({ post_logout_redirect_uri }));
    const done = await browser.submit(page, { logout: 'yes' });
    expect(done.url.origin).toBe(ISSUER);
    expect(done.page).toContain('You are signed out.');
  });

  it('takes the id token of this issuer only', async () => {
    const { browser } = await startSession();
    const forged = `e30.${Buffer.from('{"aud":"keybound-local"}').toString('base64url')}.x`;
    for (const id_token_hint of ['x', forged]) {
      expect((await browser.open(signOutUrl({ id_token_hint }))).response.status).toBe(400);
    }
    expect(isSignedIn(await browser.open(authorizeUrl()))).toBe(true);
  });
});
