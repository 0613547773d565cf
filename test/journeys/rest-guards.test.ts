import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { HOLDER_API, holderRoutes } from '../../lambdas/functions/holder/routes.ts';
import { systemClock } from '../../lambdas/platform/clock.ts';
import { createStore } from '../../lambdas/platform/dynamodb/create-store.ts';
import { openApiDocument } from '../../lambdas/platform/http/open-api.ts';
import { ROLES } from '../../lambdas/contract/roles.ts';
import type { Route } from '../../lambdas/platform/http/route.ts';
import type { HttpAnswer } from '../../local/demo/http-client.ts';
import { loadSigningKey, type SigningKey } from '../../local/identity/signing-key.ts';
import { LOCAL_CLIENT_ID } from '../../local/runner.ts';
import { answerChecker } from '../support/check-answer.ts';
import { sampleRequest, type Ids } from '../support/management-routes.ts';
import { PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { declaredApis, ErrorEntity } from './rest-contract.ts';

const ROUTES: readonly Route[] = declaredApis().flatMap(({ routes }) => routes);
/** Each names something that there is not, so that no request but those that create changes anything. */
const NOWHERE: Ids = { keyType: 'PRODUCTION', level: 'subscription', apiId: randomUUID() };

let directory: string;
let keybound: RunningKeybound;
let key: SigningKey;
let stranger: SigningKey;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'keybound-test-'));
  keybound = await runKeybound({ dataDirectory: directory });
  [key, stranger] = [await loadSigningKey(directory), await loadSigningKey(undefined)];
});
afterAll(async () => {
  await keybound.close();
  rmSync(directory, { recursive: true, force: true });
});

function claimsFor(roles: readonly string[], more: JWTPayload = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  return {
    sub: randomUUID(),
    username: 'mallory',
    'cognito:groups': roles,
    client_id: LOCAL_CLIENT_ID,
    token_use: 'access',
    iss: keybound.runner.issuer,
    iat: now - 60,
    exp: now + 600,
    ...more,
  };
}

/** A token with these claims that names the runner's key, whoever signed it. */
async function sign(claims: JWTPayload, signedBy = key): Promise<string> {
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: key.keyId, typ: 'JWT' })
    .sign(signedBy.privateKey);
  return `Bearer ${token}`;
}

/** A token that a route for these roles accepts, unless `more` says otherwise. */
function tokenFor(roles: readonly string[], more: JWTPayload = {}): Promise<string> {
  return sign(claimsFor(roles, more));
}

/** A request that the route takes, but for who sends it. */
async function send(route: Route, authorization: string | undefined): Promise<HttpAnswer> {
  const { method, path, query = {}, body } = sampleRequest(route, NOWHERE);
  const search = new URLSearchParams(query).toString();
  return keybound.http.send({
    method,
    url: `${keybound.runner.managementUrl}${path}${search === '' ? '' : `?${search}`}`,
    headers: {
      'content-type': 'application/json',
      ...(authorization !== undefined && { authorization }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** The routes, by id, whose answer is not as it should be. */
async function exceptions(
  authorizationOf: (route: Route) => Promise<string | undefined> | string | undefined,
  isRight: (answer: HttpAnswer) => boolean,
): Promise<readonly (readonly [string, number, string])[]> {
  const found: (readonly [string, number, string])[] = [];
  for (const route of ROUTES) {
    const answer = await send(route, await authorizationOf(route));
    if (!isRight(answer)) found.push([route.operationId, answer.status, answer.text]);
  }
  return found;
}

/** Every answer of a function has this header, and none of the gateway's own. */
function isOfFunction({ headers }: HttpAnswer): boolean {
  return headers['content-security-policy'] !== undefined;
}

function isRefusedByGateway(answer: HttpAnswer): boolean {
  return (
    answer.status === 401 &&
    answer.text === '{"message":"Unauthorized"}' &&
    answer.headers['www-authenticate']?.startsWith('Bearer') === true &&
    !isOfFunction(answer)
  );
}

/** A token with the roles of the route in which one thing is wrong, or which is none. */
const WRONG: Readonly<Record<string, (route: Route) => Promise<string | undefined> | string | undefined>> = {
  'no token': () => undefined,
  'an empty token': () => 'Bearer ',
  'a token that is none': () => 'Bearer eyJhbGciOiJSUzI1NiJ9.nonsense',
  'an expired token': ({ roles }) => tokenFor(roles, { exp: Math.floor(Date.now() / 1000) - 1 }),
  'a token without expiry': ({ roles }) => {
    const claims = claimsFor(roles);
    delete claims.exp;
    return sign(claims);
  },
  'a token of the future': ({ roles }) => tokenFor(roles, { nbf: Math.floor(Date.now() / 1000) + 60 }),
  'a token of another client': ({ roles }) => tokenFor(roles, { client_id: 'another' }),
  'a token for another audience': ({ roles }) => tokenFor(roles, { aud: 'another' }),
  'a token of another issuer': ({ roles }) => tokenFor(roles, { iss: `${keybound.runner.issuer}/another` }),
  'a token that another key signed': ({ roles }) => sign(claimsFor(roles), stranger),
  'a token whose claims were changed': async ({ roles }) => {
    const [header = '', , signature = ''] = (await tokenFor(['nobody'])).split('.');
    const claims = Buffer.from(JSON.stringify(claimsFor(roles))).toString('base64url');
    return `${header}.${claims}.${signature}`;
  },
  'a token without signature': ({ roles }) => `Bearer ${new UnsecuredJWT(claimsFor(roles)).encode()}`,
  'a token without signature that names the key': ({ roles }) => {
    const [, claims = ''] = new UnsecuredJWT(claimsFor(roles)).encode().split('.');
    const header = JSON.stringify({ alg: 'none', kid: key.keyId });
    return `Bearer ${Buffer.from(header).toString('base64url')}.${claims}.`;
  },
  'a token that the public key signed as a shared secret': async ({ roles }) => {
    const secret = key.publicKey.export({ type: 'spki', format: 'pem' });
    const token = await new SignJWT(claimsFor(roles))
      .setProtectedHeader({ alg: 'HS256', kid: key.keyId })
      .sign(Buffer.from(secret));
    return `Bearer ${token}`;
  },
};

const AccessLine = z.object({ status: z.string(), integrationLatency: z.string() });

describe('over every route of the management APIs, the gateway', () => {
  it('hands a request with a token in which nothing is wrong over to the function', async () => {
    expect(ROUTES.length).toBeGreaterThan(50);
    const accepted = (answer: HttpAnswer) =>
      isOfFunction(answer) && ![401, 403].includes(answer.status) && answer.status < 500;
    expect(await exceptions(({ roles }) => tokenFor(roles), accepted)).toEqual([]);
  });

  it.each(Object.keys(WRONG))('answers 401 to %s', async (name) => {
    const wrong = WRONG[name];
    if (wrong === undefined) throw new Error(`nothing is known of ${name}`);
    expect(await exceptions(wrong, isRefusedByGateway)).toEqual([]);
  });

  it('hands nothing that it answers with 401 over to a function', async () => {
    await keybound.runner.settle();
    const lines = keybound.lines
      .filter(({ source }) => source === 'access-log')
      .map(({ line }) => AccessLine.parse(JSON.parse(line)));
    const refused = lines.filter(({ status }) => status === '401');
    expect(refused.length).toBeGreaterThanOrEqual(Object.keys(WRONG).length * ROUTES.length);
    expect(new Set(refused.map(({ integrationLatency }) => integrationLatency))).toEqual(new Set(['-']));
    const accepted = lines.filter(({ status }) => status !== '401');
    expect(accepted.map(({ integrationLatency }) => integrationLatency)).not.toContain('-');
  });
});

describe('over every route of the management APIs, the function', () => {
  const isForbidden = (answer: HttpAnswer) =>
    answer.status === 403 && isOfFunction(answer) && ErrorEntity.safeParse(answer.json).data?.code === 403;

  it.each([
    ['of no role', []],
    ['of a role that there is not', ['nobody']],
    ['of roles that look alike', ['developers', 'Publisher', 'ADMINISTRATOR', 'holder']],
  ])('answers 403 to a caller %s', async (_, groups) => {
    expect(await exceptions(() => tokenFor(groups), isForbidden)).toEqual([]);
  });

  it('answers 403 to a caller of all roles but those that it is for', async () => {
    const others = ({ roles }: Route) => ROLES.filter((role) => !roles.includes(role));
    expect(await exceptions((route) => tokenFor(others(route)), isForbidden)).toEqual([]);
  });
});

const HOLDER_ROUTES = holderRoutes({ store: createStore('none', systemClock), clock: systemClock });

describe('the API of holders', () => {
  const check = answerChecker(HOLDER_API, HOLDER_ROUTES);
  let api = '';
  beforeAll(async () => {
    api = await keybound.apiId('PizzaShackAPI');
  });

  /** Sends it, and expects an answer that the document declares. */
  const present = async (
    { method, path }: Pick<Route, 'method' | 'path'>,
    headers: Readonly<Record<string, string>>,
  ): Promise<HttpAnswer> => {
    const answer = await keybound.http.send({
      method,
      url: `${keybound.runner.managementUrl}${path}`,
      headers,
    });
    expect(check({ method, path, sent: undefined, ...answer })).toEqual([]);
    return answer;
  };
  const onKey = (operation: string, body: unknown) =>
    keybound.manage('alice', 'POST', `${PORTAL}/apis/${api}/api-keys/${operation}`, body);
  const expectRefused = (answer: HttpAnswer) =>
    expect([answer.status, ErrorEntity.parse(answer.json).code]).toEqual([401, 401]);

  describe.each(HOLDER_ROUTES)('over HTTP, $method $path', (route) => {
    it('answers 401 to whoever presents no value, or one of no key', async () => {
      for (const headers of [
        {},
        { apikey: '' },
        { apikey: 'nonsense' },
        { apikey: createKeyValue('kb', 'PRODUCTION') },
        { authorization: await tokenFor(['holder', 'administrator']) },
      ]) {
        expectRefused(await present(route, headers));
      }
    });

    it('answers 401 to the id of a key', async () => {
      const { keyUUID, apikey } = await keybound.generate('alice', api);
      expectRefused(await present(route, { apikey: keyUUID }));
      expect((await present(route, { apikey })).status).toBe(200);
    });

    it('answers 401 to a value that was revoked, replaced or has expired, and 200 to one that works', async () => {
      const revoked = await keybound.generate('alice', api);
      await onKey('revoke', { keyUUID: revoked.keyUUID });
      const replaced = await keybound.generate('alice', api);
      await onKey('regenerate', { keyUUID: replaced.keyUUID });
      const expired = await keybound.generate('alice', api, { validityPeriod: 1 });
      const working = await keybound.generate('alice', api);
      await delay(2_000);
      for (const { apikey } of [revoked, replaced, expired]) {
        expectRefused(await present(route, { apikey }));
      }
      expect((await present(route, { apikey: working.apikey })).status).toBe(200);
    });
  });

  it('serves its document, which says where the value goes, and keeps the key; revoking ends it', async () => {
    const { apikey } = await keybound.generate('alice', api);
    const read = { method: 'GET', path: `${HOLDER_API.base}/openapi.json` } as const;
    const revoke = { method: 'POST', path: `${HOLDER_API.base}/self-revoke` } as const;
    const { json } = await present(read, { apikey });
    expect(json).toEqual(JSON.parse(JSON.stringify(openApiDocument(HOLDER_API, HOLDER_ROUTES))));
    expect(json).toMatchObject({
      paths: { '/self-revoke': { post: { security: [{ keyValue: [] }] } } },
      components: { securitySchemes: { keyValue: { type: 'apiKey', in: 'header', name: 'apikey' } } },
    });
    expect((await present(revoke, { apikey })).status).toBe(200);
    for (const route of [read, revoke]) expectRefused(await present(route, { apikey }));
  });
});

describe('a path of a management API', () => {
  const bases = [...declaredApis().map(({ api }) => api.base), HOLDER_API.base];
  const ask = async (path: string) =>
    keybound.http.send({
      method: 'GET',
      url: `${keybound.runner.managementUrl}${path}`,
      headers: { authorization: await tokenFor([...ROLES]) },
    });

  it.each(['%zz', '%E0%A4%A', '%25zz', '%'])(
    'with %s in it is refused by the gateway itself, with its own body: no function learns of it',
    async (text) => {
      for (const base of bases) {
        const answer = await ask(`${base}/apis/${text}/api-keys`);
        expect([answer.status, answer.text]).toEqual([400, '{"message":"Bad Request"}']);
        expect(isOfFunction(answer)).toBe(false);
      }
    },
  );

  it.each(['%2525zz', '%2525E0%2525A4%2525A'])(
    'with %s in it, where a percent sign is left after decoding, is an unknown one to the function',
    async (text) => {
      for (const { api } of declaredApis()) {
        const answer = await ask(`${api.base}/apis/${text}/api-keys`);
        expect([answer.status, ErrorEntity.parse(answer.json).code]).toEqual([404, 404]);
        expect(isOfFunction(answer)).toBe(true);
      }
    },
  );
});
