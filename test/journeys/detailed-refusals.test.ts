import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpAnswer } from '../../local/demo/http-client.ts';
import { createKeyValue } from '../../lambdas/core/key-value.ts';
import { PORTAL, runKeybound, SOURCE_IP_HEADER, type RunningKeybound } from '../support/run-keybound.ts';

const PUBLISHER = '/api/am/publisher/v4';
const AccessLine = z.looseObject({ type: z.literal('access'), requestId: z.string(), keyUUID: z.string() });
const RefusalLine = z.looseObject({ type: z.literal('refusal'), requestId: z.string(), reason: z.string() });

let keybound: RunningKeybound;
let pizza: string;
let petstore: string;
let applicationUUID: string;

beforeAll(async () => {
  keybound = await runKeybound();
  pizza = await keybound.apiId('PizzaShackAPI');
  petstore = await keybound.apiId('Petstore');
  applicationUUID = await keybound.subscriber('alice', pizza);
});
afterAll(() => keybound.close());

const change = (api: string, verb: string, body: object) =>
  keybound.manage('alice', 'POST', `${PORTAL}/apis/${api}/api-keys/${verb}`, body);
const publish = (action: string, api: string) =>
  keybound.manage('publisher', 'POST', `${PUBLISHER}/apis/change-lifecycle?action=${action}&apiId=${api}`);

/** A key that opens PizzaShack. */
async function working(body: object = {}) {
  const key = await keybound.generate('alice', pizza, body);
  await change(pizza, 'associate', { keyUUID: key.keyUUID, applicationUUID });
  return key;
}

const call = (path: string, headers: Record<string, string> = {}) =>
  keybound.http.send({ method: 'GET', url: `${keybound.runner.gatewayUrl}${path}`, headers });
const menu = (apikey?: string, headers: Record<string, string> = {}) =>
  call('/pizzashack/1.0.0/menu', { ...headers, ...(apikey !== undefined && { apikey }) });
const pet = (key?: string) => call('/v2/pet/1', key === undefined ? {} : { petstore_key: key });

/** The parts of an answer that a guard decides about. */
const shown = ({ status, headers, text }: HttpAnswer) => ({
  status,
  text,
  type: headers['content-type'],
  caching: headers['cache-control'],
  challenge: headers['www-authenticate'],
});
const JSON_ANSWER = { type: 'application/json', caching: 'no-store' };
const pizzaChallenge = () => `ApiKey realm="${pizza}", header="apikey", query="apikey"`;
const petChallenge = () => `ApiKey realm="${petstore}", header="petstore_key"`;

/** Calls until the answer has the status: the lifecycle of an API may be five seconds old. */
async function until(status: number, send: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await send();
    if (answer.status === status) return answer;
    expect(Date.now()).toBeLessThan(end);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('PizzaShack says as API Manager does why it refuses:', () => {
  const body = (code: string, message: string, description: string) =>
    `{"code":"${code}","message":"${message}","description":"${description}"}`;
  const invalid = (description: string) => ({
    status: 401,
    text: body('900901', 'Invalid Credentials', description),
    challenge: pizzaChallenge(),
    ...JSON_ANSWER,
  });
  const forbidden = (description: string, message = 'Resource forbidden') => ({
    status: 403,
    text: body('900908', message, description),
    challenge: undefined,
    ...JSON_ANSWER,
  });

  it('no key', async () => {
    expect(shown(await menu())).toEqual({
      status: 401,
      text: body(
        '900902',
        'Missing Credentials',
        'Send the API key in the header or query parameter that this API names.',
      ),
      challenge: pizzaChallenge(),
      ...JSON_ANSWER,
    });
  });

  it('junk, an unknown key, a regenerated and a revoked one', async () => {
    const key = await working();
    expect(shown(await menu('junk'))).toEqual(
      invalid('The value is not an API key: its form or its checksum is wrong. Copy the whole key.'),
    );
    expect(shown(await menu(createKeyValue('kb', 'PRODUCTION')))).toEqual(invalid('No such API key exists.'));
    await change(pizza, 'regenerate', { keyUUID: key.keyUUID });
    expect(shown(await menu(key.apikey))).toEqual(
      invalid('The API key has been regenerated. Use the value that replaced this one.'),
    );
    const other = await working();
    await change(pizza, 'revoke', { keyUUID: other.keyUUID });
    expect(shown(await menu(other.apikey))).toEqual(
      invalid('The API key has been revoked. Generate a new one.'),
    );
  });

  it('a key without application, of another environment, of another API', async () => {
    const { apikey } = await keybound.generate('alice', pizza);
    expect(shown(await menu(apikey))).toEqual(
      forbidden('Associate the API key with an application that subscribes to this API.'),
    );
    const sandbox = await working({ keyType: 'SANDBOX' });
    expect(shown(await menu(sandbox.apikey))).toEqual(
      forbidden('A PRODUCTION key opens the production environment only, a SANDBOX key the sandbox only.'),
    );
    const ofPets = await keybound.generate('alice', petstore);
    expect(shown(await menu(ofPets.apikey))).toEqual(forbidden('The API key was generated for another API.'));
  });

  it('a key that may be used elsewhere only', async () => {
    const elsewhere = await working({ additionalProperties: { permittedIP: '192.0.2.0/24' } });
    const page = await working({ additionalProperties: { permittedReferer: 'www.example.com/*' } });
    const message = 'Access forbidden for the invocations';
    expect(shown(await menu(elsewhere.apikey, { [SOURCE_IP_HEADER]: '198.51.100.1' }))).toEqual(
      forbidden('The API key may not be used from this IP address.', message),
    );
    expect((await menu(elsewhere.apikey, { [SOURCE_IP_HEADER]: '192.0.2.1' })).status).toBe(200);
    expect(shown(await menu(page.apikey))).toEqual(
      forbidden('The API key is restricted to referrers, and the request has no Referer header.', message),
    );
    expect(shown(await menu(page.apikey, { referer: 'https://evil.example/' }))).toEqual(
      forbidden('The API key may not be used from this referrer.', message),
    );
  });
});

describe('over a limit', () => {
  it('the 429 says which, and when to call again, and allowed calls say what is left', async () => {
    const policyName = 'TwoADay';
    const policy = await keybound.manage(
      'admin',
      'POST',
      '/api/am/admin/v4/throttling/policies/subscription',
      {
        policyName,
        defaultLimit: {
          type: 'REQUESTCOUNTLIMIT',
          requestCount: { timeUnit: 'day', unitTime: 1, requestCount: 2 },
        },
      },
    );
    expect(policy.status).toBe(201);
    const application = z.object({ applicationId: z.string() }).parse(
      (
        await keybound.manage('alice', 'POST', `${PORTAL}/applications`, {
          name: 'Limited',
          throttlingPolicy: 'Unlimited',
        })
      ).json,
    ).applicationId;
    await keybound.manage('alice', 'POST', `${PORTAL}/subscriptions`, {
      applicationId: application,
      apiId: pizza,
      throttlingPolicy: policyName,
    });
    const { keyUUID, apikey } = await keybound.generate('alice', pizza);
    await change(pizza, 'associate', { keyUUID, applicationUUID: application });

    const secondsLeft = () => 86_400 - (Math.floor(Date.now() / 1_000) % 86_400);
    const before = secondsLeft();
    const answers = [await menu(apikey), await menu(apikey), await menu(apikey)];
    const after = secondsLeft();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-policy'])).toEqual(
      Array(3).fill('"subscription";q=2;w=86400'),
    );
    const left = answers.map(({ headers }) =>
      /^"subscription";r=(\d+);t=(\d+)$/.exec(String(headers['ratelimit']))?.slice(1).map(Number),
    );
    expect(left.map((each) => each?.[0])).toEqual([1, 0, 0]);
    const refusal = answers[2];
    for (const seconds of [...left.map((each) => each?.[1]), Number(refusal?.headers['retry-after'])]) {
      expect(seconds).toBeLessThanOrEqual(before);
      expect(seconds).toBeGreaterThanOrEqual(after);
    }
    const tomorrow = new Date(Date.now() + after * 1_000 + 500);
    const date = tomorrow.toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) .*$/, '$3-$2-$1');
    expect(refusal?.text).toBe(
      '{"code":"900804","message":"Message throttled out","description":"The subscription has used up the limit of ' +
        `its business plan.","nextAccessTime":"${date} 00:00:00+0000 UTC"}`,
    );
    expect(refusal?.headers['cache-control']).toBe('no-store');
  });
});

describe('whatever a client sends,', () => {
  const claims = { decision: 'allow', keyUUID: 'forged', owner: 'admin', ratelimit: 'none', status: '200' };
  const query = new URLSearchParams(claims).toString();

  it('a refused call stays refused', async () => {
    const context = JSON.stringify({ requestContext: { authorizer: { lambda: claims } } });
    const answers = await Promise.all([
      call(`/pizzashack/1.0.0/menu?${query}`, claims),
      call(`/pizzashack/1.0.0/menu?${query}&requestContext=${encodeURIComponent(context)}`),
      keybound.http.send({
        method: 'POST',
        url: `${keybound.runner.gatewayUrl}/pizzashack/1.0.0/order?${query}`,
        headers: { 'content-type': 'application/json', 'x-keybound-owner': 'admin' },
        body: context,
      }),
      call(`/v2/pet/1?${query}`, { ...claims, cookie: 'decision=allow' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it('the access log names no key for a refused call, and the line of the refusal says why', async () => {
    const { apikey, keyUUID } = await working({ keyType: 'SANDBOX' });
    const answer = await menu(apikey, claims);
    expect(answer.status).toBe(403);
    const requestId = answer.headers['apigw-requestid'];
    await keybound.runner.settle();
    const lines = keybound.lines.flatMap(({ line }): unknown[] => {
      try {
        return [z.unknown().parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
    const access = lines.flatMap((line) => AccessLine.safeParse(line).data ?? []);
    expect(access.filter((line) => line.requestId === requestId)).toEqual([
      expect.objectContaining({ keyUUID: '-', keyName: '-', owner: '-', status: '403' }),
    ]);
    const refusals = lines.flatMap((line) => RefusalLine.safeParse(line).data ?? []);
    expect(refusals.filter((line) => line.requestId === requestId)).toEqual([
      expect.objectContaining({ reason: 'environment_mismatch', keyUUID }),
    ]);
  });
});

describe('pages of other origins', () => {
  it('may read a refusal of PizzaShack, and what its headers say', async () => {
    const { headers, status } = await menu(undefined, { origin: 'https://pages.example' });
    expect(status).toBe(401);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(String(headers['access-control-expose-headers']).split(',')).toEqual([
      'ratelimit',
      'ratelimit-policy',
      'retry-after',
      'www-authenticate',
      'x-amzn-remapped-www-authenticate',
    ]);
  });

  it('still get their preflight answered without a key', async () => {
    const answer = await keybound.http.send({
      method: 'OPTIONS',
      url: `${keybound.runner.gatewayUrl}/pizzashack/1.0.0/menu`,
      headers: { origin: 'https://pages.example', 'access-control-request-method': 'GET' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-headers']).toBe('apikey,content-type');
  });
});

describe('Petstore says as Microgateway does why it refuses:', () => {
  const fault = (code: number, message: string, description: string) =>
    `{"fault":{"code":${code},"message":"${message}","description":"${description}"}}`;

  it('no key, and a key of another API', async () => {
    expect(shown(await pet())).toEqual({
      status: 401,
      text: fault(
        900902,
        'Missing Credentials',
        'Send the API key in the header or query parameter that this API names.',
      ),
      challenge: petChallenge(),
      ...JSON_ANSWER,
    });
    const { apikey } = await working();
    expect(shown(await pet(apikey))).toEqual({
      status: 403,
      text: fault(900908, 'Resource forbidden', 'The API key was generated for another API.'),
      challenge: undefined,
      ...JSON_ANSWER,
    });
  });

  it('that it is blocked: 503; that it is retired: 404', async () => {
    const { apikey } = await keybound.generate('alice', petstore);
    expect((await pet(apikey)).status).toBe(200);
    await publish('Block', petstore);
    expect(shown(await until(503, () => pet(apikey)))).toEqual({
      status: 503,
      text: fault(700700, 'API blocked', 'The API has been blocked by its publisher. Try again later.'),
      challenge: undefined,
      ...JSON_ANSWER,
    });
    await publish('Re-Publish', petstore);
    await until(200, () => pet(apikey));
    await publish('Deprecate', petstore);
    await publish('Retire', petstore);
    expect(shown(await until(404, () => pet(apikey)))).toEqual({
      status: 404,
      text: fault(404, 'Not Found', 'The API has been retired.'),
      challenge: undefined,
      ...JSON_ANSWER,
    });
  });
});
