import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { authorizeJwt } from '../../../local/gateway/authorize/authorize-jwt.ts';
import type { HeaderEntry } from '../../../local/gateway/receive/http-message.ts';
import type { JwtAuthorizer } from '../../../local/gateway/model.ts';
import { NOW, routedRequest } from './fixtures.ts';

const ISSUER = 'https://issuer.example.com/pool';
const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const nowSeconds = Math.floor(NOW / 1000);

const authorizer: JwtAuthorizer = {
  authorizerId: 'jwt',
  identitySource: '$request.header.Authorization',
  issuer: ISSUER,
  audience: ['portal', 'admin'],
};

const dependencies = {
  clock: () => nowSeconds * 1000,
  resolveKey: (issuer: string, keyId: string) =>
    Promise.resolve(issuer === ISSUER && keyId === 'k1' ? signing.publicKey : undefined),
};

const claims = {
  iss: ISSUER,
  aud: 'portal',
  exp: nowSeconds + 60,
  iat: nowSeconds - 1,
  sub: 'alice',
};

function sign(
  payload: object,
  header: Record<string, string> = {},
  key = signing.privateKey,
): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
    .sign(key);
}

function check(authorization: string | undefined, scopes: readonly string[] = [], deps = dependencies) {
  const headers: HeaderEntry[] = authorization === undefined ? [] : [['authorization', authorization]];
  return authorizeJwt(authorizer, scopes, routedRequest({ headers }), deps);
}

function challengeOf(outcome: Awaited<ReturnType<typeof check>>): unknown {
  return outcome.outcome === 'refused' ? [outcome.status, outcome.headers?.[0]] : outcome;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('a JWT authorizer', () => {
  it('allows a valid token with and without the Bearer prefix in any case', async () => {
    const token = await sign(claims);
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, token]) {
      expect(await check(authorization)).toMatchObject({ outcome: 'allowed', context: { kind: 'jwt' } });
    }
  });

  it.each(['RS384', 'RS512'])('allows %s', async (alg) => {
    expect(await check(await sign(claims, { alg }))).toMatchObject({ outcome: 'allowed' });
  });

  it('hands claims on as text, lists in brackets', async () => {
    const token = await sign({
      ...claims,
      'cognito:groups': ['admin', 'dev'],
      active: true,
      level: 7,
      nested: { b: [1], a: 'x' },
      nothing: null,
    });
    const outcome = await check(token);
    expect(outcome).toMatchObject({
      context: {
        claims: {
          iss: ISSUER,
          exp: String(nowSeconds + 60),
          'cognito:groups': '[admin dev]',
          active: 'true',
          level: '7',
          nested: 'map[a:x b:[1]]',
          nothing: '<nil>',
        },
        scopes: null,
      },
    });
  });

  it('refuses a request without token, with a plain challenge', async () => {
    expect(challengeOf(await check(undefined))).toEqual([401, ['www-authenticate', 'Bearer']]);
  });

  it('takes the audience from client_id only where the token has no aud', async () => {
    const { aud: _aud, ...access } = claims;
    expect(await check(await sign({ ...access, client_id: 'admin' }))).toMatchObject({ outcome: 'allowed' });
    expect(await check(await sign({ ...access, aud: 'x', client_id: 'admin' }))).toMatchObject({
      status: 401,
    });
    expect(await check(await sign({ ...access, aud: ['x', 'admin'] }))).toMatchObject({ outcome: 'allowed' });
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example.com' }, 'the token has an invalid issuer'],
    ['no issuer', { iss: undefined }, 'the token has an invalid issuer'],
    ['another audience', { aud: 'x' }, 'the token does not have a valid audience'],
    ['no audience at all', { aud: undefined }, 'the token does not have a valid audience'],
    ['an empty audience list', { aud: [] }, 'the token does not have a valid audience'],
    ['an expiry that is now', { exp: nowSeconds }, 'the token has expired'],
    ['no expiry', { exp: undefined }, 'the token has expired'],
    ['a not-before to come', { nbf: nowSeconds + 10 }, 'the token is not valid yet'],
    ['an issue time to come', { iat: nowSeconds + 10 }, 'the token was issued in the future'],
  ])('refuses a token with %s', async (_what, over, description) => {
    const challenge = `Bearer scope="" error="invalid_token" error_description="${description}"`;
    expect(challengeOf(await check(await sign({ ...claims, ...over })))).toEqual([
      401,
      ['www-authenticate', challenge],
    ]);
  });

  it('refuses a signature of another key under the same key id', async () => {
    expect(await check(await sign(claims, {}, other.privateKey))).toMatchObject({
      status: 401,
      error: 'the signature of the token is invalid',
    });
  });

  it('refuses a token whose claims were changed after signing', async () => {
    const [head, , signature] = (await sign(claims)).split('.');
    const forged = `${head ?? ''}.${base64url({ ...claims, sub: 'admin' })}.${signature ?? ''}`;
    expect(await check(forged)).toMatchObject({
      status: 401,
      error: 'the signature of the token is invalid',
    });
  });

  it('refuses a token without signature, and one signed by the public key as a secret', async () => {
    const unsigned = `${base64url({ alg: 'none', kid: 'k1' })}.${base64url(claims)}.`;
    expect(await check(unsigned)).toMatchObject({ status: 401 });
    const secret = Buffer.from(signing.publicKey.export({ type: 'spki', format: 'pem' }));
    const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret);
    expect(await check(confused)).toMatchObject({
      status: 401,
      error: 'the signing method of the token is invalid',
    });
  });

  it('refuses elliptic curves and RSA-PSS', async () => {
    const ec = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .sign(curve.privateKey);
    expect(await check(ec)).toMatchObject({ status: 401 });
    expect(await check(await sign(claims, { alg: 'PS256' }))).toMatchObject({ status: 401 });
  });

  it('refuses unknown and missing key ids', async () => {
    expect(await check(await sign(claims, { kid: 'k2' }))).toMatchObject({
      status: 401,
      error: 'the key of the token is unknown',
    });
    const anonymous = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(signing.privateKey);
    expect(await check(anonymous)).toMatchObject({ status: 401, error: 'the token has no key id' });
  });

  it.each(['', 'Bearer', 'Bearer ', 'x', 'a.b.c', 'Basic YTpi', '....', 'Bearer a.b.c,Bearer a.b.c'])(
    'refuses the garbage "%s"',
    async (authorization) => {
      expect(await check(authorization)).toMatchObject({ outcome: 'refused', status: 401 });
    },
  );

  it('refuses a signed payload that is no claims object', async () => {
    const token = await new CompactSign(new TextEncoder().encode('["x"]'))
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .sign(signing.privateKey);
    expect(await check(token)).toMatchObject({ status: 401 });
  });

  it('refuses when the issuer cannot be asked', async () => {
    const down = { ...dependencies, resolveKey: () => Promise.reject(new Error('down')) };
    expect(await check(await sign(claims), [], down)).toMatchObject({
      status: 401,
      error: 'the issuer cannot be asked for its keys',
    });
  });

  it('wants at least one of the scopes of the route, from scope or scp', async () => {
    const scopes = ['apim:subscribe', 'apim:admin'];
    expect(await check(await sign({ ...claims, scope: 'openid apim:subscribe' }), scopes)).toMatchObject({
      outcome: 'allowed',
      context: { scopes: ['apim:subscribe'] },
    });
    expect(await check(await sign({ ...claims, scp: ['apim:admin'] }), scopes)).toMatchObject({
      outcome: 'allowed',
    });
    const [status, header] = [
      challengeOf(await check(await sign({ ...claims, scope: 'apim:adm' }), scopes)),
    ].flat();
    expect(status).toBe(403);
    expect(header).toEqual([
      'www-authenticate',
      'Bearer scope="apim:subscribe apim:admin" error="insufficient_scope" error_description="the token does not have any of the required scopes"',
    ]);
  });
});
