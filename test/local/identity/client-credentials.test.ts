import { describe, expect, it } from 'vitest';
import { startIssuer, tokens, verify, type Issuer } from './issuer-fixture.ts';

const GRANT = { grant_type: 'client_credentials' };

function basic(id: string, secret: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

function withHeader(issuer: Issuer, form: Record<string, string>, headers: Record<string, string>) {
  return issuer.post('/oauth2/token', form, headers);
}

describe('the client credentials grant', () => {
  it.each([
    ['the form', { client_id: 'keybound-machine', client_secret: 'keybound-machine' }, {}],
    ['a header', {}, basic('keybound-machine', 'keybound-machine')],
  ])('takes credentials from %s and gives a token of a developer', async (_where, form, headers) => {
    const issuer = await startIssuer();
    const response = await withHeader(issuer, { ...GRANT, ...form }, headers);
    expect(response.status).toBe(200);
    const answer = tokens.parse(await response.json());
    expect(answer.refresh_token).toBeUndefined();
    expect(answer.id_token).toBeUndefined();
    const { payload } = await verify(issuer, answer.access_token);
    expect(payload).toMatchObject({
      aud: 'keybound-local',
      client_id: 'keybound-machine',
      username: 'keybound-machine',
      'cognito:groups': ['developer'],
      token_use: 'access',
      scope: 'apim:subscribe apim:app_manage apim:sub_manage apim:api_key',
    });
  });

  it.each([
    ['no credentials', {}, {}, 400],
    ['a wrong secret', { client_id: 'keybound-machine', client_secret: 'guess' }, {}, 400],
    ['a wrong secret in a header', {}, basic('keybound-machine', 'guess'), 401],
    ['the public client', { client_id: 'keybound-local' }, {}, 400],
    ['a header of another kind', {}, { authorization: 'Bearer x' }, 401],
    ['a secret twice', { client_secret: 'x' }, basic('keybound-machine', 'keybound-machine'), 401],
    [
      'a client that contradicts the header',
      { client_id: 'x' },
      basic('keybound-machine', 'keybound-machine'),
      401,
    ],
    ['a header that is no text', {}, basic('%E0%A4%A', 'x'), 401],
  ])('refuses %s', async (_what, form, headers, status) => {
    const issuer = await startIssuer();
    const response = await withHeader(issuer, { ...GRANT, ...form }, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
    expect(response.headers.has('www-authenticate')).toBe(status === 401);
  });

  it('gives no scopes beyond those of a developer', async () => {
    const issuer = await startIssuer();
    const headers = basic('keybound-machine', 'keybound-machine');
    const response = await withHeader(issuer, { ...GRANT, scope: 'apim:admin openid' }, headers);
    expect(await response.json()).toMatchObject({ error: 'invalid_scope' });
  });

  it('does not let the machine client sign users in', async () => {
    const issuer = await startIssuer();
    const form = { grant_type: 'password', username: 'alice', password: 'alice' };
    const response = await withHeader(issuer, form, basic('keybound-machine', 'keybound-machine'));
    expect(await response.json()).toMatchObject({ error: 'invalid_client' });
  });
});
