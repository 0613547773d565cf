import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import type { HttpAnswer } from '../../local/demo/http-client.ts';
import { SOURCE_IP_HEADER, type RunningKeybound } from '../support/run-keybound.ts';
import { openSampleCalls, type SampleCalls } from './sample-calls.ts';

const PUBLISHER = '/api/am/publisher/v4';

let keybound: RunningKeybound;
let pizza: string;
let petstore: string;
let change: SampleCalls['change'];
let working: SampleCalls['working'];
let call: SampleCalls['call'];
let menu: SampleCalls['menu'];

beforeAll(async () => {
  ({ keybound, pizza, petstore, change, working, call, menu } = await openSampleCalls());
});
afterAll(() => keybound.close());

const publish = (action: string, api: string) =>
  keybound.manage('publisher', 'POST', `${PUBLISHER}/apis/change-lifecycle?action=${action}&apiId=${api}`);
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
const pizzaChallenge = () => 'API Key realm="Keybound", header="apikey", query="apikey"';
const petChallenge = () => 'API Key realm="Keybound", header="petstore_key"';

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
    text: body(
      '900901',
      'Invalid Credentials',
      `Invalid Credentials. Make sure you have provided the correct security credentials. ${description}`,
    ),
    challenge: pizzaChallenge(),
    ...JSON_ANSWER,
  });
  const forbidden = (description: string) => ({
    status: 403,
    text: body('900908', 'Resource forbidden', description),
    challenge: undefined,
    ...JSON_ANSWER,
  });

  it('no key', async () => {
    expect(shown(await menu())).toEqual({
      status: 401,
      text: body(
        '900902',
        'Missing Credentials',
        'Missing Credentials. Send the API key in the header `apikey` or the query parameter `apikey`.',
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
      forbidden('A PRODUCTION key opens only the production environment, a SANDBOX key only the sandbox.'),
    );
    const ofPets = await keybound.generate('alice', petstore);
    expect(shown(await menu(ofPets.apikey))).toEqual(forbidden('The API key was generated for another API.'));
  });

  it('a key that may be used elsewhere only', async () => {
    const elsewhere = await working({ additionalProperties: { permittedIP: '192.0.2.0/24' } });
    const page = await working({ additionalProperties: { permittedReferer: 'www.example.com/*' } });
    const first = 'Access forbidden for the invocations.';
    expect(shown(await menu(elsewhere.apikey, { [SOURCE_IP_HEADER]: '198.51.100.1' }))).toEqual(
      forbidden(`${first} The API key cannot be used from this IP address.`),
    );
    expect((await menu(elsewhere.apikey, { [SOURCE_IP_HEADER]: '192.0.2.1' })).status).toBe(200);
    expect(shown(await menu(page.apikey))).toEqual(
      forbidden(`${first} The API key is restricted to referrers, and the request has no Referer header.`),
    );
    expect(shown(await menu(page.apikey, { referer: 'https://evil.example/' }))).toEqual(
      forbidden(`${first} The API key cannot be used from this referrer.`),
    );
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
        'Missing Credentials. Send the API key in the header `petstore_key`.',
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
