import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  anyKeyValue,
  anyNumber,
  ErrorEntity,
  expectEmpty,
  Issued,
  listed,
  openContract,
  type Contract,
} from './rest-contract.ts';

type KeyType = 'PRODUCTION' | 'SANDBOX';
const KEY_TYPES: readonly KeyType[] = ['PRODUCTION', 'SANDBOX'];

let contract: Contract;
let api: string;
let applicationId: string;
let applicationName: string;

beforeAll(async () => {
  contract = await openContract();
  api = await contract.keybound.apiId('PizzaShackAPI');
});
afterAll(() => contract.close());

beforeEach(async () => {
  applicationName = `Keys ${randomUUID()}`;
  applicationId = await contract.application({ name: applicationName });
});

const pathOf = (keyType: string) => `/applications/${applicationId}/api-keys/${keyType}`;
const post = (keyType: string, operation: string, body: unknown) =>
  contract.portal('POST', `${pathOf(keyType)}/${operation}`, body);
const list = async (keyType: string, which = '') =>
  listed(await contract.portal('GET', `${pathOf(keyType)}${which}`));
const subscribe = () => contract.subscribe(applicationId, api);
const otherThan = (keyType: KeyType): KeyType => (keyType === 'SANDBOX' ? 'PRODUCTION' : 'SANDBOX');

async function generate(keyType: KeyType, body: object = {}) {
  return Issued.parse((await post(keyType, 'generate', body)).json);
}

/** A key of the API, not yet associated. */
async function apiKey(keyType: KeyType, keyName: string) {
  const answer = await contract.portal('POST', `/apis/${api}/api-keys/generate`, { keyType, keyName });
  return Issued.parse(answer.json);
}

/** The status of a call of the API in the environment of the key. */
async function menu(keyType: KeyType, apikey: string): Promise<number> {
  const { gatewayUrl, sandboxUrl } = contract.keybound.runner;
  const url = `${keyType === 'PRODUCTION' ? gatewayUrl : sandboxUrl}/pizzashack/1.0.0/menu`;
  return (await contract.keybound.http.send({ method: 'GET', url, headers: { apikey } })).status;
}

describe.each(KEY_TYPES)('a developer looks after the %s keys of an application:', (keyType) => {
  it('POST …/generate answers with name, value and validity', async () => {
    await subscribe();
    const answer = await post(keyType, 'generate', {
      keyName: 'For all',
      validityPeriod: 3_600,
      additionalProperties: { permittedIP: '127.0.0.0/8', permittedReferer: '' },
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ keyName: 'For all', apikey: anyKeyValue, validityPeriod: 3_600 });
    const { apikey } = Issued.parse(answer.json);
    expect(await menu(keyType, apikey)).toBe(200);
    expect(await menu(otherThan(keyType), apikey)).toBe(403);
  });

  it('GET …/{keyType} lists the keys of the application itself', async () => {
    const { keyUUID, apikey } = await generate(keyType, { keyName: 'Listed', validityPeriod: 7_200 });
    const answer = await contract.portal('GET', pathOf(keyType));
    expect(listed(answer)).toMatchObject([
      { keyUUID, keyName: 'Listed', issuedOn: anyNumber, validityPeriod: 7_200, lastUsed: null },
    ]);
    expect(answer.text).not.toContain(apikey);
    expect(await list(otherThan(keyType))).toEqual([]);
  });

  it('POST …/regenerate answers with the new value', async () => {
    await subscribe();
    const { keyUUID, apikey } = await generate(keyType, { keyName: 'Renewed' });
    const answer = await post(keyType, 'regenerate', { keyUUID });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ keyName: 'Renewed', apikey: anyKeyValue, validityPeriod: -1 });
    const renewed = Issued.parse(answer.json);
    expect([await menu(keyType, apikey), await menu(keyType, renewed.apikey)]).toEqual([401, 200]);
    expect((await post(otherThan(keyType), 'regenerate', { keyUUID })).status).toBe(404);
  });

  it('POST …/revoke ends a key by its id, and by its value', async () => {
    await subscribe();
    const [byId, byValue] = [await generate(keyType), await generate(keyType)];
    expectEmpty(await post(keyType, 'revoke', { keyUUID: byId.keyUUID }));
    expect([await menu(keyType, byId.apikey), await menu(keyType, byValue.apikey)]).toEqual([401, 200]);
    expectEmpty(await post(keyType, 'revoke', { apikey: byValue.apikey }));
    expect(await menu(keyType, byValue.apikey)).toBe(401);
    expect(await list(keyType)).toEqual([]);
  });

  it('POST …/revoke needs either the id or the value', async () => {
    const { keyUUID, apikey } = await generate(keyType);
    for (const body of [{}, { keyUUID, apikey }]) {
      const answer = await post(keyType, 'revoke', body);
      expect([answer.status, ErrorEntity.parse(answer.json).code]).toEqual([400, 400]);
    }
    expect((await post(keyType, 'revoke', { apikey: `${apikey}x` })).status).toBe(404);
    expect(await list(keyType)).toHaveLength(1);
  });

  it('GET …/subscriptions lists keys of subscribed APIs that are not yet associated', async () => {
    const { keyUUID } = await apiKey(keyType, 'Not yet');
    const found = async (wanted = keyType) =>
      (await list(wanted, '/subscriptions')).filter((key) => key['keyUUID'] === keyUUID);
    expect(await found()).toEqual([]);
    await subscribe();
    expect(await found()).toMatchObject([
      { keyName: 'Not yet', keyUUID, apiName: 'PizzaShackAPI', apiUUID: api },
    ]);
    expect(await found(otherThan(keyType))).toEqual([]);
    await post(keyType, 'associate', { apiUUID: api, keyUUID });
    expect(await found()).toEqual([]);
  });

  it('POST …/associate answers with the names of key, API and application', async () => {
    await subscribe();
    const { keyUUID, apikey } = await apiKey(keyType, 'Associated');
    const answer = await post(keyType, 'associate', { apiUUID: api, keyUUID });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ keyName: 'Associated', apiName: 'PizzaShackAPI', applicationName });
    expect(await menu(keyType, apikey)).toBe(200);
  });

  it('POST …/associate needs apiUUID and keyUUID, of a key of that API and type', async () => {
    await subscribe();
    const { keyUUID } = await apiKey(keyType, 'Wanted');
    const empty = await post(keyType, 'associate', {});
    expect(empty.status).toBe(400);
    expect(ErrorEntity.parse(empty.json).error).toHaveLength(2);
    expect((await post(keyType, 'associate', { apiUUID: randomUUID(), keyUUID })).status).toBe(404);
    const otherType = await post(otherThan(keyType), 'associate', { apiUUID: api, keyUUID });
    expect(otherType.status).toBe(404);
    expect(await list(keyType, '/associations')).toEqual([]);
  });

  it('GET …/associations lists the keys of APIs that are associated', async () => {
    await subscribe();
    const { keyUUID } = await apiKey(keyType, 'Associated');
    await post(keyType, 'associate', { apiUUID: api, keyUUID });
    expect(await list(keyType, '/associations')).toMatchObject([
      {
        keyUUID,
        keyName: 'Associated',
        apiName: 'PizzaShackAPI',
        apiUUID: api,
        issuedOn: anyNumber,
        validityPeriod: -1,
        lastUsed: null,
      },
    ]);
    expect(await list(otherThan(keyType), '/associations')).toEqual([]);
  });

  it('POST …/dissociate takes a key out of the application', async () => {
    await subscribe();
    const { keyUUID, apikey } = await apiKey(keyType, 'Dissociated');
    await post(keyType, 'associate', { apiUUID: api, keyUUID });
    expect(await menu(keyType, apikey)).toBe(200);
    expectEmpty(await post(keyType, 'dissociate', { keyUUID }));
    expect(await list(keyType, '/associations')).toEqual([]);
    expect(await menu(keyType, apikey)).toBe(403);
    expect((await post(keyType, 'dissociate', { keyUUID })).status).toBe(404);
  });
});

it('an application has keys of the types PRODUCTION and SANDBOX only', async () => {
  const answer = await contract.portal('GET', pathOf('production'));
  expect([answer.status, ErrorEntity.parse(answer.json).code]).toEqual([404, 404]);
});
