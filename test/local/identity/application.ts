import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { Browser } from './browser.ts';
import { tokens, type Issuer } from './issuer-fixture.ts';

export const REDIRECT = 'http://localhost:5173/callback?from=login';
export const VERIFIER = 'v'.repeat(43);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export const AUTHORIZE = {
  response_type: 'code',
  client_id: 'keybound-local',
  redirect_uri: REDIRECT,
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  state: 's&"<1>',
  scope: 'openid apim:subscribe',
  nonce: 'n1',
};

export type Tokens = z.infer<typeof tokens>;

/** Where an application sends the browser to sign its user in. */
export function authorizeUrl(changes: Readonly<Record<string, string>> = {}): string {
  return `/oauth2/authorize?${new URLSearchParams({ ...AUTHORIZE, ...changes }).toString()}`;
}

/** Redeems a code, as the application does. */
export function exchange(issuer: Issuer, code: string, changes: Readonly<Record<string, string>> = {}) {
  return issuer.token({
    grant_type: 'authorization_code',
    client_id: 'keybound-local',
    code,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    ...changes,
  });
}

/** The tokens of a user who signs in through the pages. */
export async function tokensOf(issuer: Issuer, browser: Browser, username: string): Promise<Tokens> {
  const { url } = await browser.signIn(authorizeUrl(), username);
  const response = await exchange(issuer, url.searchParams.get('code') ?? '');
  expect(response.status).toBe(200);
  return tokens.parse(await response.json());
}

export function refresh(issuer: Issuer, refreshToken: string | undefined) {
  return issuer.token({
    grant_type: 'refresh_token',
    client_id: 'keybound-local',
    refresh_token: refreshToken ?? '',
  });
}

export function userInfo(issuer: Issuer, accessToken: string) {
  const headers = { authorization: `Bearer ${accessToken}` };
  return fetch(`${issuer.base}/oauth2/userInfo`, { headers });
}
