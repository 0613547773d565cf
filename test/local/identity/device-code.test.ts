import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ANY_TEXT } from '../any-text.ts';
import { ISSUER, startIssuer, tokens, type Issuer } from './issuer-fixture.ts';

const Codes = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.literal(`${ISSUER}/oauth2/device`),
  verification_uri_complete: z.string(),
  expires_in: z.literal(600),
  interval: z.literal(5),
});

async function begin(issuer: Issuer, more: Record<string, string> = {}) {
  const form = { client_id: 'keybound-local', ...more };
  return Codes.parse(await (await issuer.post('/oauth2/device_authorization', form)).json());
}

function poll(issuer: Issuer, device_code: string) {
  return issuer.token({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: 'keybound-local',
    device_code,
  });
}

async function errorOf(response: Response): Promise<unknown> {
  expect(response.status).toBe(400);
  const body = z
    .strictObject({ error: z.string(), error_description: z.string() })
    .parse(await response.json());
  return body.error;
}

function decide(issuer: Issuer, user_code: string, changes: Record<string, string> = {}) {
  const form = { user_code, username: 'alice', password: 'alice', decision: 'approve', ...changes };
  return issuer.post('/oauth2/device', form);
}

describe('the device code grant', () => {
  it('gives tokens once the user has entered the code and signed in', async () => {
    const issuer = await startIssuer();
    const { device_code, user_code, verification_uri_complete } = await begin(issuer);
    expect(user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(verification_uri_complete).toBe(`${ISSUER}/oauth2/device?user_code=${user_code}`);
    expect(await errorOf(await poll(issuer, device_code))).toBe('authorization_pending');
    expect((await decide(issuer, user_code.toLowerCase().replace('-', ' '))).status).toBe(200);
    const answer = tokens.parse(await (await poll(issuer, device_code)).json());
    expect(decodeJwt(answer.access_token)).toMatchObject({ username: 'alice', client_id: 'keybound-local' });
    expect(answer.refresh_token).toBeDefined();
  });

  it('gives no scopes that were not asked for', async () => {
    const issuer = await startIssuer();
    const { device_code, user_code } = await begin(issuer, { scope: 'apim:subscribe apim:admin' });
    await decide(issuer, user_code);
    expect(tokens.parse(await (await poll(issuer, device_code)).json()).scope).toBe('apim:subscribe');
  });

  it('takes a device code once', async () => {
    const issuer = await startIssuer();
    const { device_code, user_code } = await begin(issuer);
    await decide(issuer, user_code);
    expect((await poll(issuer, device_code)).status).toBe(200);
    expect(await errorOf(await poll(issuer, device_code))).toBe('invalid_grant');
  });

  it('tells a device that asks too often to wait five seconds longer each time', async () => {
    const issuer = await startIssuer();
    const { device_code } = await begin(issuer);
    const errors: unknown[] = [];
    for (const seconds of [0, 4, 9, 15, 14]) {
      issuer.clock.now += seconds * 1000;
      errors.push(await errorOf(await poll(issuer, device_code)));
    }
    expect(errors).toEqual([
      'authorization_pending',
      'slow_down',
      'slow_down',
      'authorization_pending',
      'slow_down',
    ]);
  });

  it('says that a code has expired after ten minutes, and takes no decision any more', async () => {
    const issuer = await startIssuer();
    const { device_code, user_code } = await begin(issuer);
    issuer.clock.now += 599_999;
    expect(await errorOf(await poll(issuer, device_code))).toBe('authorization_pending');
    issuer.clock.now += 1;
    expect((await decide(issuer, user_code)).status).toBe(400);
    expect(await errorOf(await poll(issuer, device_code))).toBe('expired_token');
  });

  it('tells the device that the user refused', async () => {
    const issuer = await startIssuer();
    const { device_code, user_code } = await begin(issuer);
    expect((await decide(issuer, user_code, { decision: 'deny' })).status).toBe(200);
    expect(await errorOf(await poll(issuer, device_code))).toBe('access_denied');
  });

  it('refuses another client and a device code that nobody was given', async () => {
    const issuer = await startIssuer();
    const other = await issuer.post('/oauth2/device_authorization', { client_id: 'x' });
    expect(await errorOf(other)).toBe('invalid_client');
    expect(await errorOf(await poll(issuer, 'made up'))).toBe('invalid_grant');
    const missing = await issuer.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code' });
    expect(await errorOf(missing)).toBe('invalid_request');
  });
});

describe('the page where a device is signed in', () => {
  it('has labels, warns against the codes of others, and fills in the code of the link', async () => {
    const issuer = await startIssuer();
    const response = await fetch(`${issuer.base}/oauth2/device?user_code=${encodeURIComponent('"><b>')}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain(
      "form-action 'self'; frame-ancestors 'none'",
    );
    const page = await response.text();
    for (const id of ['user_code', 'username', 'password']) {
      expect(page).toContain(`<label for="${id}">`);
      expect(page).toContain(`id="${id}"`);
    }
    expect(page).toContain('value="&quot;&gt;&lt;b&gt;"');
    expect(page).toContain('Go on only if a device or terminal of yours shows this code.');
  });

  it.each([
    ['a wrong password', { password: 'guess' }, 401],
    ['a code that no device shows', { user_code: 'BBBB-BBBB' }, 400],
    ['no decision', { decision: '' }, 400],
  ])('says what is wrong with %s, and the device goes on waiting', async (_what, changes, status) => {
    const issuer = await startIssuer();
    const { device_code, user_code } = await begin(issuer);
    const response = await decide(issuer, user_code, changes);
    expect(response.status).toBe(status);
    const page = await response.text();
    expect(page).toContain('role="alert"');
    expect(page).not.toContain('guess');
    expect(await errorOf(await poll(issuer, device_code))).toBe('authorization_pending');
  });

  it('takes one decision for a code', async () => {
    const issuer = await startIssuer();
    const { user_code } = await begin(issuer);
    expect((await decide(issuer, user_code, { decision: 'deny' })).status).toBe(200);
    expect((await decide(issuer, user_code)).status).toBe(400);
  });
});

describe('the discovery document', () => {
  it('names where devices begin, and the grants', async () => {
    const issuer = await startIssuer();
    const response = await fetch(`${issuer.base}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      device_authorization_endpoint: `${ISSUER}/oauth2/device_authorization`,
      grant_types_supported: [
        'authorization_code',
        'client_credentials',
        'password',
        'refresh_token',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      issuer: ANY_TEXT,
    });
  });
});
