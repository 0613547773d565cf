import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import { SignJWT } from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { api, closeServer, listen, route, startGateway } from './fixtures.ts';
import { ask, json } from './http-client.ts';

it('checks a token of an issuer that it finds by discovery', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let issuer = '';
  const server = http.createServer((request, response) => {
    const documents: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }] },
    };
    response.end(JSON.stringify(documents[request.url ?? ''] ?? {}));
  });
  onTestFinished(() => closeServer(server));
  issuer = `http://127.0.0.1:${await listen(server)}`;
  const authorization = {
    type: 'JWT',
    scopes: ['apim:subscribe'],
    authorizer: {
      authorizerId: 'jwt',
      identitySource: '$request.header.Authorization',
      issuer,
      audience: ['portal'],
    },
  } as const;
  const { port } = await startGateway({ apis: [api({ routes: [route('GET /apis', { authorization })] })] });
  const token = (scope: string) =>
    new SignJWT({ scope, 'cognito:groups': ['developer'] })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience('portal')
      .setSubject('alice')
      .setExpirationTime('1m')
      .sign(privateKey);

  const allowed = await ask(port, '/apis', {
    headers: { authorization: `Bearer ${await token('apim:subscribe')}` },
  });
  expect(allowed.status).toBe(200);
  expect(json(allowed)).toMatchObject({
    requestContext: {
      authorizer: {
        jwt: { claims: { sub: 'alice', 'cognito:groups': '[developer]' }, scopes: ['apim:subscribe'] },
      },
    },
  });

  const unscoped = await ask(port, '/apis', {
    headers: { authorization: `Bearer ${await token('openid')}` },
  });
  expect([unscoped.status, unscoped.body.toString()]).toEqual([403, '{"message":"Forbidden"}']);

  const anonymous = await ask(port, '/apis');
  expect([anonymous.status, anonymous.body.toString()]).toEqual([401, '{"message":"Unauthorized"}']);
  expect(anonymous.headers['www-authenticate']).toBe('Bearer');
});
