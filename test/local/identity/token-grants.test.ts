import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { ANY_TEXT } from '../any-text.ts';
import { ISSUER, SIGNING_KEY, startIssuer, tokens, verify } from './issuer-fixture.ts';

describe('the password grant', () => {
  it("gives an access token with the claims of Cognito's", async () => {
    const issuer = await startIssuer();
    const response = await issuer.token({ grant_type: 'password', username: 'admin', password: 'admin' });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { access_token, scope } = tokens.parse(await response.json());
    const { payload, protectedHeader } = await verify(issuer, access_token);
    expect(protectedHeader).toMatchObject({ alg: 'RS256', kid: SIGNING_KEY.keyId });
    expect(payload).toMatchObject({
      iss: ISSUER,
      username: 'admin',
      'cognito:groups': ['administrator', 'developer', 'publisher'],
      client_id: 'keybound-local',
      token_use: 'access',
      scope,
      iat: 1_700_000_000,
      exp: 1_700_003_600,
      jti: ANY_TEXT,
    });
    expect(payload.sub).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
    expect(payload).not.toHaveProperty('aud');
  });

  it('knows each user by the same subject at every start', async () => {
    const subjects = await Promise.all(
      ['alice', 'alice', 'bob'].map(async (username) => {
        const issuer = await startIssuer();
        const response = await issuer.token({ grant_type: 'password', username, password: username });
        return decodeJwt(tokens.parse(await response.json()).access_token).sub;
      }),
    );
    expect(subjects[0]).toBe(subjects[1]);
    expect(subjects[0]).not.toBe(subjects[2]);
  });

  it('grants of the scopes asked for those that the user may have', async () => {
    const issuer = await startIssuer();
    const response = await issuer.token({
      grant_type: 'password',
      username: 'bob',
      password: 'bob',
      scope: 'apim:subscribe apim:admin',
    });
    const answer = tokens.parse(await response.json());
    expect(answer.scope).toBe('apim:subscribe');
    expect(answer.id_token).toBeUndefined();
  });

  it.each<[string, Record<string, string> | string, string]>([
    ['a wrong password', { grant_type: 'password', username: 'alice', password: 'bob' }, 'invalid_grant'],
    [
      'an unknown user',
      { grant_type: 'password', username: 'mallory', password: 'mallory' },
      'invalid_grant',
    ],
    ['a missing password', { grant_type: 'password', username: 'alice' }, 'invalid_request'],
    ['an empty password', { grant_type: 'password', username: 'alice', password: '' }, 'invalid_request'],
    [
      'a repeated parameter',
      'grant_type=password&username=alice&username=bob&password=alice',
      'invalid_request',
    ],
    ['no grant type', {}, 'invalid_request'],
    ['another grant type', { grant_type: 'implicit' }, 'unsupported_grant_type'],
    [
      'another client',
      { grant_type: 'password', username: 'alice', password: 'alice', client_id: 'x' },
      'invalid_client',
    ],
    [
      'only scopes that the user has not',
      { grant_type: 'password', username: 'alice', password: 'alice', scope: 'apim:admin' },
      'invalid_scope',
    ],
    [
      'too large a body',
      { grant_type: 'password', username: 'a'.repeat(20_000), password: 'x' },
      'invalid_request',
    ],
  ])('refuses %s', async (_what, form, error) => {
    const response = await (await startIssuer()).token(form);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error, error_description: ANY_TEXT });
  });

  it('refuses a body that is not a form', async () => {
    const issuer = await startIssuer();
    const response = await issuer.post('/oauth2/token', '{"grant_type":"password"}', {
      'content-type': 'application/json',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });
});

describe('the refresh grant', () => {
  it('gives a new access token for the same user, with no more scopes', async () => {
    const issuer = await startIssuer();
    const first = tokens.parse(
      await (
        await issuer.token({
          grant_type: 'password',
          username: 'bob',
          password: 'bob',
          scope: 'apim:subscribe',
        })
      ).json(),
    );
    const refresh_token = first.refresh_token ?? '';
    issuer.clock.now += 1000;
    const again = tokens.parse(
      await (await issuer.token({ grant_type: 'refresh_token', refresh_token })).json(),
    );
    expect(decodeJwt(again.access_token)).toMatchObject({
      username: 'bob',
      scope: 'apim:subscribe',
      iat: 1_700_000_001,
    });
    const more = await issuer.token({
      grant_type: 'refresh_token',
      refresh_token: again.refresh_token ?? '',
      scope: 'apim:key',
    });
    expect(await more.json()).toMatchObject({ error: 'invalid_scope' });
  });

  it('refuses an access token, an expired token and garbage', async () => {
    const issuer = await startIssuer();
    const { access_token, refresh_token } = tokens.parse(
      await (await issuer.token({ grant_type: 'password', username: 'bob', password: 'bob' })).json(),
    );
    issuer.clock.now += 31 * 24 * 3600 * 1000;
    for (const token of [access_token, refresh_token ?? '', 'garbage']) {
      const response = await issuer.token({ grant_type: 'refresh_token', refresh_token: token });
      expect(await response.json()).toMatchObject({ error: 'invalid_grant' });
    }
  });
});
