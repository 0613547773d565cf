import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

let contract: Contract;
let api: string;

beforeAll(async () => {
  contract = await openContract();
  api = await contract.keybound.apiId('PizzaShackAPI');
});
afterAll(() => contract.close());

const onKeys = (operation: string, body: unknown) =>
  contract.portal('POST', `/apis/${api}/api-keys/${operation}`, body);
const generate = async (body: object = {}) => Issued.parse((await onKeys('generate', body)).json);
const list = async () => listed(await contract.portal('GET', `/apis/${api}/api-keys`));
const find = async (keyUUID: string) => (await list()).find((key) => key['keyUUID'] === keyUUID);

/** The status of a call of the API with the key. */
async function menu(apikey: string): Promise<number> {
  const url = `${contract.keybound.runner.gatewayUrl}/pizzashack/1.0.0/menu`;
  return (await contract.keybound.http.send({ method: 'GET', url, headers: { apikey } })).status;
}

describe('a developer looks after the keys of an API:', () => {
  it('POST /apis/{apiId}/api-keys/generate answers with name, value and validity', async () => {
    const answer = await onKeys('generate', {
      keyName: 'Orders',
      keyType: 'SANDBOX',
      validityPeriod: 3_600,
      additionalProperties: {
        permittedIP: '152.23.5.6, 192.168.1.2/24, 2001:c00::/23',
        permittedReferer: 'www.abc.com/path, sub.cds.com/*, *.gef.com/*',
      },
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ keyName: 'Orders', apikey: anyKeyValue, validityPeriod: 3_600 });
  });

  it('POST …/generate takes an empty body: a production key that never expires', async () => {
    const answer = await onKeys('generate', {});
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ keyType: 'PRODUCTION', validityPeriod: -1, apikey: anyKeyValue });
  });

  it('POST …/generate says of each wrong field what is wrong with it', async () => {
    const answer = await onKeys('generate', {
      keyType: 'TEST',
      validityPeriod: 0,
      additionalProperties: { permittedIP: '10.0.0.1, nonsense', permittedReferer: '' },
    });
    expect(answer.status).toBe(400);
    const { code, error } = ErrorEntity.parse(answer.json);
    expect(code).toBe(400);
    const problems = error.map(({ message }) => message).join('\n');
    for (const field of ['keyType', 'validityPeriod', 'additionalProperties.permittedIP']) {
      expect(problems).toContain(field);
    }
  });

  it('GET /apis/{apiId}/api-keys lists them without their values', async () => {
    const { keyUUID, apikey } = await generate({ keyName: 'Listed', validityPeriod: 7_200 });
    const answer = await contract.portal('GET', `/apis/${api}/api-keys`);
    expect(listed(answer).find((key) => key['keyUUID'] === keyUUID)).toMatchObject({
      keyUUID,
      keyName: 'Listed',
      associatedApp: null,
      issuedOn: anyNumber,
      validityPeriod: 7_200,
      lastUsed: null,
    });
    expect(answer.text).not.toContain(apikey);
  });

  it('GET /apis/{apiId}/api-keys is 404 for an API that there is not', async () => {
    const answer = await contract.portal('GET', `/apis/${randomUUID()}/api-keys`);
    expect([answer.status, ErrorEntity.parse(answer.json).code]).toEqual([404, 404]);
  });

  it('POST /apis/{apiId}/api-keys/associate answers with the names of key, API and application', async () => {
    const applicationUUID = await contract.application({ name: 'Associated' });
    await contract.subscribe(applicationUUID, api);
    const { keyUUID, apikey } = await generate({ keyName: 'For an application' });
    expect(await menu(apikey)).toBe(403);
    const answer = await onKeys('associate', { keyUUID, applicationUUID });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      keyName: 'For an application',
      apiName: 'PizzaShackAPI',
      applicationName: 'Associated',
    });
    expect(await find(keyUUID)).toMatchObject({ associatedApp: 'Associated' });
    expect(await menu(apikey)).toBe(200);
  });

  it('POST /apis/{apiId}/api-keys/dissociate takes the key out of its application', async () => {
    const applicationUUID = await contract.application();
    await contract.subscribe(applicationUUID, api);
    const { keyUUID, apikey } = await generate();
    await onKeys('associate', { keyUUID, applicationUUID });
    expect(await menu(apikey)).toBe(200);
    expectEmpty(await onKeys('dissociate', { keyUUID }));
    expect(await find(keyUUID)).toMatchObject({ associatedApp: null });
    expect(await menu(apikey)).toBe(403);
  });

  it('POST /apis/{apiId}/api-keys/regenerate answers with the new value, and keeps all else', async () => {
    const applicationUUID = await contract.application({ name: 'Kept' });
    await contract.subscribe(applicationUUID, api);
    const { keyUUID, apikey } = await generate({ keyName: 'Renewed', validityPeriod: 7_200 });
    await onKeys('associate', { keyUUID, applicationUUID });
    const before = await list();
    const answer = await onKeys('regenerate', { keyUUID });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ keyName: 'Renewed', apikey: anyKeyValue, validityPeriod: 7_200 });
    const renewed = Issued.parse(answer.json);
    expect(renewed.keyUUID).toBe(keyUUID);
    expect(renewed.apikey).not.toBe(apikey);
    expect([await menu(apikey), await menu(renewed.apikey)]).toEqual([401, 200]);
    expect((await list()).map((key) => key['keyUUID'])).toEqual(before.map((key) => key['keyUUID']));
    expect(await find(keyUUID)).toMatchObject({ keyName: 'Renewed', associatedApp: 'Kept' });
  });

  it('POST /apis/{apiId}/api-keys/revoke ends the key', async () => {
    const applicationUUID = await contract.application();
    await contract.subscribe(applicationUUID, api);
    const { keyUUID, apikey } = await generate();
    await onKeys('associate', { keyUUID, applicationUUID });
    expect(await menu(apikey)).toBe(200);
    expectEmpty(await onKeys('revoke', { keyUUID }));
    expect(await menu(apikey)).toBe(401);
    expect(await find(keyUUID)).toBeUndefined();
  });

  it.each(['regenerate', 'revoke', 'associate', 'dissociate'])(
    'POST …/%s needs a keyUUID, of a key that there is',
    async (operation) => {
      const more = operation === 'associate' ? { applicationUUID: await contract.application() } : {};
      const without = await onKeys(operation, more);
      expect([without.status, ErrorEntity.parse(without.json).code]).toEqual([400, 400]);
      expect(ErrorEntity.parse(without.json).error).toHaveLength(1);
      expect(without.text).toContain('keyUUID');
      const unknown = await onKeys(operation, { ...more, keyUUID: randomUUID() });
      expect([unknown.status, ErrorEntity.parse(unknown.json).code]).toEqual([404, 404]);
    },
  );

  it('POST …/associate needs an applicationUUID, of one of the own applications', async () => {
    const { keyUUID } = await generate();
    const without = await onKeys('associate', { keyUUID });
    expect(without.status).toBe(400);
    expect(without.text).toContain('applicationUUID');
    const unknown = await onKeys('associate', { keyUUID, applicationUUID: randomUUID() });
    expect(unknown.status).toBe(404);
  });

  it('generate, subscribe and associate can come in any order', async () => {
    const applicationUUID = await contract.application();
    const { keyUUID, apikey } = await generate();
    expect((await onKeys('associate', { keyUUID, applicationUUID })).status).toBe(200);
    expect(await menu(apikey)).toBe(403);
    await contract.subscribe(applicationUUID, api);
    expect(await menu(apikey)).toBe(200);
  });
});
