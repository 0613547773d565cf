import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../temporary-directory.ts';
import { authorizeUrl, refresh, tokensOf, userInfo } from './application.ts';
import { createBrowser } from './browser.ts';
import { ISSUER, startIssuer, tokens } from './issuer-fixture.ts';

async function start(dataDirectory: string) {
  const issuer = await startIssuer({ dataDirectory });
  return { issuer, browser: createBrowser(issuer.base, ISSUER) };
}

describe('an issuer with a directory for data', () => {
  it('knows sessions, access and refresh tokens after a restart', async () => {
    const directory = temporaryDirectory();
    const before = await start(directory);
    const signedIn = await tokensOf(before.issuer, before.browser, 'alice');
    const cookies = before.browser.cookies;

    const { issuer } = await start(directory);
    const browser = createBrowser(issuer.base, ISSUER, cookies);
    expect((await browser.open(authorizeUrl())).url.searchParams.has('code')).toBe(true);
    expect((await userInfo(issuer, signedIn.access_token)).status).toBe(200);
    expect((await refresh(issuer, signedIn.refresh_token)).status).toBe(200);
  });

  it('remembers which tokens were used and revoked', async () => {
    const directory = temporaryDirectory();
    const before = await start(directory);
    const used = await tokensOf(before.issuer, before.browser, 'alice');
    const replaced = tokens.parse(await (await refresh(before.issuer, used.refresh_token)).json());
    const revoked = await tokensOf(before.issuer, before.browser, 'bob');
    await before.issuer.post('/oauth2/revoke', { token: revoked.refresh_token ?? '' });

    const { issuer } = await start(directory);
    for (const { refresh_token } of [revoked, used, replaced]) {
      expect((await refresh(issuer, refresh_token)).status).toBe(400);
    }
  });

  it('keeps nothing that opens a session, readable by its owner only', async () => {
    const directory = temporaryDirectory();
    const { issuer, browser } = await start(directory);
    const { access_token, refresh_token = '', id_token = '' } = await tokensOf(issuer, browser, 'alice');
    const file = join(directory, 'identity-tokens.jsonl');
    const kept = readFileSync(file, 'utf8');
    expect(kept.split('\n').length).toBeGreaterThan(4);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { jti = '' } = decodeJwt(access_token);
    for (const secret of [access_token, refresh_token, id_token, jti, ...browser.cookies.values()]) {
      expect(secret).not.toBe('');
      expect(kept).not.toContain(secret);
    }
  });

  it('goes on after a kill in the middle of a line', async () => {
    const directory = temporaryDirectory();
    const before = await start(directory);
    const signedIn = await tokensOf(before.issuer, before.browser, 'alice');
    appendFileSync(join(directory, 'identity-tokens.jsonl'), '{"key":"RefreshToken:x","payl');
    const { issuer } = await start(directory);
    expect((await refresh(issuer, signedIn.refresh_token)).status).toBe(200);
    const again = await start(directory);
    expect((await refresh(again.issuer, signedIn.refresh_token)).status).toBe(400);
  });

  it('forgets what has expired', async () => {
    const directory = temporaryDirectory();
    const { issuer, browser } = await start(directory);
    await tokensOf(issuer, browser, 'alice');
    issuer.clock.now += 31 * 24 * 3_600_000;
    await startIssuer({ dataDirectory: directory, now: issuer.clock.now });
    expect(statSync(join(directory, 'identity-tokens.jsonl')).size).toBe(0);
  });
});
