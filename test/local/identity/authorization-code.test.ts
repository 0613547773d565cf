import { describe, expect, it } from 'vitest';
import { AUTHORIZE, authorizeUrl, exchange, REDIRECT } from './application.ts';
import { createBrowser } from './browser.ts';
import { ISSUER, startIssuer, tokens, verify, type Issuer } from './issuer-fixture.ts';

/** Signs alice in through the pages. @returns where her browser is sent then. */
async function signIn(issuer: Issuer): Promise<URL> {
  const { url } = await createBrowser(issuer.base, ISSUER).signIn(authorizeUrl(), 'alice');
  expect(url.href.startsWith(REDIRECT)).toBe(true);
  return url;
}

describe('the authorization code grant', () => {
  it('signs a user in with PKCE and gives access, id and refresh token', async () => {
    const issuer = await startIssuer();
    const location = await signIn(issuer);
    expect(location.origin + location.pathname).toBe('http://localhost:5173/callback');
    expect(location.searchParams.get('from')).toBe('login');
    expect(location.searchParams.get('state')).toBe(AUTHORIZE.state);
    const response = await exchange(issuer, location.searchParams.get('code') ?? '');
    const answer = tokens.parse(await response.json());
    expect(answer.scope).toBe('openid apim:subscribe');
    const { payload } = await verify(issuer, answer.id_token ?? '');
    expect(payload).toMatchObject({
      aud: 'keybound-local',
      token_use: 'id',
      'cognito:username': 'alice',
      nonce: 'n1',
    });
    expect(answer.refresh_token).toBeDefined();
  });

  it('takes a code once', async () => {
    const issuer = await startIssuer();
    const code = (await signIn(issuer)).searchParams.get('code') ?? '';
    expect((await exchange(issuer, code)).status).toBe(200);
    const again = await exchange(issuer, code);
    expect(again.status).toBe(400);
    expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('takes a code within a minute', async () => {
    const issuer = await startIssuer();
    const code = (await signIn(issuer)).searchParams.get('code') ?? '';
    issuer.clock.now += 60_000;
    expect(await (await exchange(issuer, code)).json()).toMatchObject({ error: 'invalid_grant' });
  });

  it.each([
    ['another verifier', { code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
    ['another redirect_uri', { redirect_uri: 'http://localhost:5173/callback' }, 'invalid_grant'],
    ['a verifier that is too short', { code_verifier: 'v' }, 'invalid_request'],
  ])('refuses %s, and a wrong attempt uses the code up', async (_what, changes, error) => {
    const issuer = await startIssuer();
    const code = (await signIn(issuer)).searchParams.get('code') ?? '';
    expect(await (await exchange(issuer, code, changes)).json()).toMatchObject({ error });
    if (error === 'invalid_grant') expect((await exchange(issuer, code)).status).toBe(400);
  });

  it('shows a form with labels that keeps the request, and says when the password is wrong', async () => {
    const issuer = await startIssuer();
    const browser = createBrowser(issuer.base, ISSUER);
    const form = await browser.open(authorizeUrl());
    expect(form.response.status).toBe(200);
    expect(form.response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*form-action 'self' http:\/\/localhost:5173;.*frame-ancestors 'none'/,
    );
    expect(form.page).toContain('<label for="username">');
    expect(form.page).toContain('<label for="password">');
    const failed = await browser.submit(form, { username: 'alice', password: 'secret-guess' });
    expect(failed.response.status).toBe(401);
    expect(failed.page).toContain('role="alert"');
    expect(failed.page).not.toContain('secret-guess');
    const { url } = await browser.submit(failed, { username: 'alice', password: 'alice' });
    expect(url.searchParams.get('state')).toBe(AUTHORIZE.state);
    expect(url.searchParams.get('code')).toMatch(/^[\w-]{43,}$/);
  });

  it.each([
    ['another machine', 'https://evil.example/callback'],
    ['a host that only looks local', 'http://localhost.evil.example/'],
    ['user info', 'http://localhost@evil.example/'],
    ['another scheme', 'javascript:alert(1)'],
    ['a fragment', 'http://localhost/#x'],
    ['an address that the application leaves out', ''],
  ])('never redirects to %s', async (_what, redirect_uri) => {
    const issuer = await startIssuer();
    const browser = createBrowser(issuer.base, ISSUER);
    await browser.signIn(authorizeUrl(), 'alice');
    const { response, url, page } = await browser.open(authorizeUrl({ redirect_uri }));
    expect(page).toContain('role="alert"');
    expect(url.origin).toBe(ISSUER);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });

  it.each([
    ['without PKCE', { code_challenge: '' }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a token', { response_type: 'token' }, 'unsupported_response_type'],
  ])('tells its client that a request %s is refused', async (_what, changes, error) => {
    const issuer = await startIssuer();
    const { url } = await createBrowser(issuer.base, ISSUER).open(authorizeUrl(changes));
    // The answer to a request for a token goes into the fragment, even if it is an error.
    const told = new URLSearchParams(url.hash === '' ? url.search : url.hash.slice(1));
    expect(url.origin).toBe('http://localhost:5173');
    expect(told.get('error')).toBe(error);
    expect(told.get('state')).toBe(AUTHORIZE.state);
    expect(told.get('code')).toBeNull();
  });
});
