import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from '../../lambdas/platform/http/open-api.ts';
import {
  anyNumber,
  anyText,
  declaredApis,
  ErrorEntity,
  expectEmpty,
  Issued,
  listed,
  openContract,
  type Contract,
} from './rest-contract.ts';

let contract: Contract;
let pizza: string;

beforeAll(async () => {
  contract = await openContract();
  pizza = await contract.keybound.apiId('PizzaShackAPI');
});
afterAll(() => contract.close());

const portal = (method: string, path: string, body?: unknown) => contract.portal(method, path, body);
const admin = (method: string, path: string, body?: unknown) => contract.admin(method, path, body);

async function generate(body: object = {}) {
  return Issued.parse((await portal('POST', `/apis/${pizza}/api-keys/generate`, body)).json);
}

const Found = z.object({ list: z.array(z.record(z.string(), z.unknown())) });
/** The list of an answer that has no paging. */
const found = ({ json }: { readonly json: unknown }) => Found.parse(json).list;

/** The status of a call of PizzaShack, and the WSO2 code of its refusal. */
async function menu(apikey: string): Promise<number> {
  const url = `${contract.keybound.runner.gatewayUrl}/pizzashack/1.0.0/menu`;
  return (await contract.keybound.http.send({ method: 'GET', url, headers: { apikey } })).status;
}

describe('an administrator looks after all keys:', () => {
  it('GET /api-keys lists the keys of all owners', async () => {
    const applicationUUID = await contract.application({ name: 'Seen' });
    const { keyUUID, apikey } = await generate({ keyName: 'Of alice', validityPeriod: 3_600 });
    await portal('POST', `/apis/${pizza}/api-keys/associate`, { keyUUID, applicationUUID });
    const answer = await admin('GET', '/api-keys');
    expect(listed(answer).find((key) => key['keyUUID'] === keyUUID)).toMatchObject({
      keyUUID,
      keyName: 'Of alice',
      apiName: 'PizzaShackAPI',
      applicationName: 'Seen',
      keyType: 'PRODUCTION',
      user: 'alice',
      issuedOn: anyNumber,
      validityPeriod: 3_600,
      lastUsed: null,
    });
    expect(answer.text).not.toContain(apikey);
  });

  it('POST /api-keys/revoke ends a key, whose ever it is', async () => {
    const { keyUUID, apikey } = await generate();
    expectEmpty(await admin('POST', '/api-keys/revoke', { keyUUID }));
    expect(await menu(apikey)).toBe(401);
    const ids = listed(await admin('GET', '/api-keys')).map((key) => key['keyUUID']);
    expect(ids).not.toContain(keyUUID);
  });

  it('POST /api-keys/revoke needs a keyUUID, of a key that there is', async () => {
    const without = await admin('POST', '/api-keys/revoke', {});
    expect([without.status, ErrorEntity.parse(without.json).code]).toEqual([400, 400]);
    expect((await admin('POST', '/api-keys/revoke', { keyUUID: randomUUID() })).status).toBe(404);
  });
});

describe.each([
  ['subscription', 'Gold'],
  ['application', '10PerMin'],
])('an administrator keeps the policies of the level %s:', (level, usual) => {
  const path = `/throttling/policies/${level}`;
  const sent = {
    policyName: `Contract-${level}`,
    description: 'A policy',
    defaultLimit: {
      type: 'REQUESTCOUNTLIMIT',
      requestCount: { timeUnit: 'min', unitTime: 1, requestCount: 1000 },
    },
    rateLimitCount: 10,
    rateLimitTimeUnit: 'sec',
    stopOnQuotaReach: true,
    onCounterFailure: 'REFUSE',
  };
  let policyId = '';

  it('POST answers 201 with the policy, which developers then see', async () => {
    const answer = await admin('POST', path, sent);
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject(sent);
    ({ policyId } = z.object({ policyId: z.string() }).parse(answer.json));
    const seen = listed(await portal('GET', `/throttling-policies/${level}`));
    expect(seen.map(({ name }) => name)).toContain(sent.policyName);
  });

  it('POST needs a policyName that no other policy has', async () => {
    const without = await admin('POST', path, {});
    expect([without.status, ErrorEntity.parse(without.json).code]).toEqual([400, 400]);
    expect(without.text).toContain('policyName');
    const again = await admin('POST', path, sent);
    expect([again.status, ErrorEntity.parse(again.json).code]).toEqual([409, 409]);
  });

  it('GET lists them, those of the start included', async () => {
    const policies = listed(await admin('GET', path));
    expect(policies.find((policy) => policy['policyId'] === policyId)).toMatchObject(sent);
    expect(policies.map(({ policyName }) => policyName)).toContain(usual);
  });

  it('GET …/{policyId} answers with one', async () => {
    const answer = await admin('GET', `${path}/${policyId}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ ...sent, policyId });
    expect((await admin('GET', `${path}/${randomUUID()}`)).status).toBe(404);
  });

  it('PUT …/{policyId} changes it', async () => {
    const changed = {
      ...sent,
      description: 'Changed',
      stopOnQuotaReach: false,
      rateLimitCount: 20,
      onCounterFailure: 'ADMIT',
    };
    const answer = await admin('PUT', `${path}/${policyId}`, changed);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ ...changed, policyId });
    expect((await admin('GET', `${path}/${policyId}`)).json).toEqual(answer.json);
  });

  it('DELETE …/{policyId} deletes it', async () => {
    expectEmpty(await admin('DELETE', `${path}/${policyId}`));
    expect((await admin('GET', `${path}/${policyId}`)).status).toBe(404);
  });

  it('DELETE …/{policyId} is 409 while somebody has it', async () => {
    const throttlingPolicy = level === 'application' ? usual : 'Unlimited';
    const applicationId = await contract.application({ throttlingPolicy });
    if (level === 'subscription') await contract.subscribe(applicationId, pizza);
    const policies = listed(await admin('GET', path));
    const used = policies.find(({ policyName }) => policyName === usual);
    const answer = await admin('DELETE', `${path}/${z.string().parse(used?.['policyId'])}`);
    expect([answer.status, ErrorEntity.parse(answer.json).code]).toEqual([409, 409]);
  });
});

describe('a publisher decides about subscriptions:', () => {
  const decide = (path: string) => contract.publisher('POST', `/subscriptions/${path}`);

  it.each(['BLOCKED', 'PROD_ONLY_BLOCKED'])(
    'POST /subscriptions/block-subscription blocks with the state %s, and unblock-subscription ends it',
    async (blockState) => {
      const applicationUUID = await contract.application();
      const subscriptionId = await contract.subscribe(applicationUUID, pizza);
      const { keyUUID, apikey } = await generate();
      await portal('POST', `/apis/${pizza}/api-keys/associate`, { keyUUID, applicationUUID });
      const status = async () => {
        const answer = await portal('GET', `/subscriptions/${subscriptionId}`);
        return z.object({ status: z.string() }).parse(answer.json).status;
      };
      expect(await menu(apikey)).toBe(200);

      const query = `subscriptionId=${subscriptionId}&blockState=${blockState}`;
      expect((await decide(`block-subscription?${query}`)).status).toBe(200);
      expect([await status(), await menu(apikey)]).toEqual([blockState, 403]);

      expect((await decide(`unblock-subscription?subscriptionId=${subscriptionId}`)).status).toBe(200);
      expect([await status(), await menu(apikey)]).toEqual(['UNBLOCKED', 200]);
    },
  );

  it('POST /subscriptions/block-subscription needs a subscription that there is, and a state', async () => {
    const without = await decide('block-subscription');
    expect([without.status, ErrorEntity.parse(without.json).code]).toEqual([400, 400]);
    expect(ErrorEntity.parse(without.json).error).toHaveLength(2);
    const query = `subscriptionId=${randomUUID()}`;
    expect((await decide(`block-subscription?${query}&blockState=BLOCKED`)).status).toBe(404);
    expect((await decide(`unblock-subscription?${query}`)).status).toBe(404);
  });
});

describe('an administrator searches the throttling policies:', () => {
  const search = (query: string) =>
    admin('GET', `/throttling/policies/search?query=${encodeURIComponent(query)}`);

  it.each([
    ['', ['app', 'sub']],
    ['type:all', ['app', 'sub']],
    ['type:app', ['app']],
    ['type:sub', ['sub']],
    ['type:api', []],
  ])('GET /throttling/policies/search?query=%s lists the levels %j', async (query, types) => {
    const list = found(await search(query));
    expect([...new Set(list.map(({ type }) => type))].toSorted()).toEqual(types);
  });

  it('GET /throttling/policies/search finds the policy of a level that has the whole name', async () => {
    expect(found(await search('type:sub name:Gold')).map(({ policyName }) => policyName)).toEqual(['Gold']);
    expect(found(await search('type:app name:Gold'))).toEqual([]);
  });

  it.each(['sub', 'type:deny', 'name:Gold', 'type:all name:Gold', 'type:sub name:Gold more'])(
    'GET /throttling/policies/search?query=%s is 400',
    async (query) => {
      const answer = await search(query);
      expect([answer.status, ErrorEntity.parse(answer.json).code]).toEqual([400, 400]);
    },
  );
});

describe('a publisher moves an API through its lifecycle:', () => {
  let petstore = '';
  beforeAll(async () => {
    petstore = await contract.keybound.apiId('Petstore');
  });
  const move = (action: string) =>
    contract.publisher('POST', `/apis/change-lifecycle?action=${action}&apiId=${petstore}`);

  it.each([
    ['Publish', 409, 'PUBLISHED'],
    ['Block', 200, 'BLOCKED'],
    ['Re-Publish', 200, 'PUBLISHED'],
    ['Deprecate', 200, 'DEPRECATED'],
    ['Retire', 200, 'RETIRED'],
    ['Publish', 409, 'RETIRED'],
  ])('POST /apis/change-lifecycle?action=%s answers %i, and the API is %s', async (action, status, state) => {
    const answer = await move(action);
    expect(answer.status).toBe(status);
    const name = `${state.charAt(0)}${state.slice(1).toLowerCase()}`;
    if (status === 200) expect(answer.json).toMatchObject({ lifecycleState: { state: name } });
    else expect(ErrorEntity.parse(answer.json).code).toBe(status);
    const apis = listed(await contract.publisher('GET', '/apis'));
    expect(apis.find(({ id }) => id === petstore)).toMatchObject({ lifeCycleStatus: state });
    // Developers do not see what has retired.
    expect((await portal('GET', `/apis/${petstore}`)).status).toBe(state === 'RETIRED' ? 404 : 200);
  });

  it('GET /apis/{apiId}/lifecycle-history lists these changes, newest first, and the registration', async () => {
    const { json } = await contract.publisher('GET', `/apis/${petstore}/lifecycle-history`);
    const user = 'publisher';
    const updatedTime = anyText;
    expect(json).toEqual({
      count: 5,
      list: [
        { previousState: 'Deprecated', postState: 'Retired', user, updatedTime },
        { previousState: 'Published', postState: 'Deprecated', user, updatedTime },
        { previousState: 'Blocked', postState: 'Published', user, updatedTime },
        { previousState: 'Published', postState: 'Blocked', user, updatedTime },
        { postState: 'Published', user: anyText, updatedTime },
      ],
    });
    expect((await contract.publisher('GET', `/apis/${randomUUID()}/lifecycle-history`)).status).toBe(404);
  });

  it('POST /apis/change-lifecycle is 400 for another action', async () => {
    const answer = await move('Delete');
    expect([answer.status, ErrorEntity.parse(answer.json).code]).toEqual([400, 400]);
  });
});

it.each(declaredApis())(
  'the $name API serves the document that its answers are checked with',
  async (one) => {
    const ask = { portal: contract.portal, admin: contract.admin, publisher: contract.publisher };
    const [, asks] = Object.entries(ask).find(([name]) => name === one.name) ?? [];
    const served = await asks?.('GET', '/openapi.json');
    expect(served?.json).toEqual(JSON.parse(JSON.stringify(openApiDocument(one.api, one.routes))));
  },
);
