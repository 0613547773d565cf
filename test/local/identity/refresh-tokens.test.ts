import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { textLike } from '../any-text.ts';
import { refresh, tokensOf, userInfo, type Tokens } from './application.ts';
import { createBrowser } from './browser.ts';
import { ISSUER, startIssuer, tokens, type Issuer } from './issuer-fixture.ts';

const DAY_MILLISECONDS = 24 * 3_600_000;

function signIn(issuer: Issuer): Promise<Tokens> {
  return tokensOf(issuer, createBrowser(issuer.base, ISSUER), 'alice');
}

async function refreshed(issuer: Issuer, { refresh_token }: Tokens): Promise<Tokens> {
  const response = await refresh(issuer, refresh_token);
  expect(response.status).toBe(200);
  return tokens.parse(await response.json());
}

async function isRefused(issuer: Issuer, { refresh_token }: Tokens): Promise<boolean> {
  const response = await refresh(issuer, refresh_token);
  if (response.status === 200) return false;
  expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
  return true;
}

describe('a refresh token', () => {
  it('is replaced each time it is used', async () => {
    const issuer = await startIssuer();
    const first = await signIn(issuer);
    const second = await refreshed(issuer, first);
    const third = await refreshed(issuer, second);
    expect(new Set([first, second, third].map((answer) => answer.refresh_token)).size).toBe(3);
    expect(third.scope).toBe(first.scope);
    expect(third.id_token).toBeDefined();
  });

  it('that is used twice ends what came of its sign-in, and no other sign-in', async () => {
    const issuer = await startIssuer();
    const [stolen, other] = [await signIn(issuer), await signIn(issuer)];
    const replaced = await refreshed(issuer, stolen);
    expect((await userInfo(issuer, replaced.access_token)).status).toBe(200);
    expect(await isRefused(issuer, stolen)).toBe(true);
    expect(await isRefused(issuer, replaced)).toBe(true);
    expect((await userInfo(issuer, replaced.access_token)).status).toBe(401);
    expect(await isRefused(issuer, other)).toBe(false);
  });

  it('ends thirty days after the sign-in, however often it was replaced', async () => {
    const issuer = await startIssuer();
    const first = await signIn(issuer);
    issuer.clock.now += 29 * DAY_MILLISECONDS;
    const second = await refreshed(issuer, first);
    issuer.clock.now += DAY_MILLISECONDS;
    expect(await isRefused(issuer, second)).toBe(true);
  });
});

describe('revoking', () => {
  const revoke = (issuer: Issuer, token: string) =>
    issuer.post('/oauth2/revoke', { token, client_id: 'keybound-local' });

  it.each(['refresh_token', 'access_token'] as const)('a %s ends its sign-in', async (kind) => {
    const issuer = await startIssuer();
    const [revoked, other] = [await signIn(issuer), await signIn(issuer)];
    expect((await revoke(issuer, revoked[kind] ?? '')).status).toBe(200);
    expect(await isRefused(issuer, revoked)).toBe(true);
    expect((await userInfo(issuer, revoked.access_token)).status).toBe(401);
    expect((await userInfo(issuer, other.access_token)).status).toBe(200);
    expect(await isRefused(issuer, other)).toBe(false);
  });

  it('succeeds for a token that nobody has, and does nothing', async () => {
    const issuer = await startIssuer();
    const answer = await signIn(issuer);
    expect((await revoke(issuer, 'made-up')).status).toBe(200);
    expect(await isRefused(issuer, answer)).toBe(false);
  });

  it('refuses another client, a request without a token, and a repeated one', async () => {
    const issuer = await startIssuer();
    const { refresh_token: token = '' } = await signIn(issuer);
    const errors = [{ token, client_id: 'x' }, { client_id: 'keybound-local' }, `token=${token}&token=x`].map(
      async (form) => (await issuer.post('/oauth2/revoke', form)).json(),
    );
    expect(await Promise.all(errors)).toMatchObject([
      { error: 'invalid_client' },
      { error: 'invalid_request' },
      { error: 'invalid_request' },
    ]);
    expect((await refresh(issuer, token)).status).toBe(200);
  });
});

describe('userInfo', () => {
  it('names the user of an access token', async () => {
    const issuer = await startIssuer();
    const { access_token } = await signIn(issuer);
    const response = await userInfo(issuer, access_token);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      sub: textLike(/^[\da-f-]{36}$/),
      username: 'alice',
      'cognito:groups': ['developer'],
    });
  });

  it('is for tokens with the scope openid', async () => {
    const issuer = await startIssuer();
    const form = { grant_type: 'password', username: 'bob', password: 'bob', scope: 'apim:subscribe' };
    const { access_token } = tokens.parse(await (await issuer.token(form)).json());
    const response = await userInfo(issuer, access_token);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: 'insufficient_scope' });
  });

  it('refuses a token that has expired, an id token, the id of a token, and no token', async () => {
    const issuer = await startIssuer();
    const { access_token, id_token = '' } = await signIn(issuer);
    const { jti = '' } = decodeJwt(access_token);
    expect(jti).not.toBe('');
    for (const token of [id_token, jti, 'made-up']) expect((await userInfo(issuer, token)).status).toBe(401);
    expect((await fetch(`${issuer.base}/oauth2/userInfo`)).status).toBe(401);
    issuer.clock.now += 3_600_000;
    expect((await userInfo(issuer, access_token)).status).toBe(401);
  });
});
