import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import {
  openManagementHarness,
  registerTestApi,
  type ManagementHarness,
} from '../../support/management-harness.ts';
import { PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';

let harness: ManagementHarness;
let alice: PortalUser;

beforeAll(async () => {
  harness = await openManagementHarness();
  for (const [name, tags] of [
    ['PizzaShackAPI', ['food and drink', 'samples']],
    ['Petstore', ['samples']],
  ] as const) {
    const policies = ['Bronze', 'Gold', 'Unlimited'];
    const requiresSubscription = name === 'PizzaShackAPI';
    await registerTestApi(harness.management, name, { requiresSubscription, policies, tags: [...tags] });
  }
  alice = portalUser(harness, 'alice');
});

afterAll(() => harness.close());

const Page = z.object({ count: z.number(), list: z.array(z.looseObject({ name: z.string() })) });

async function names(query?: Record<string, string>): Promise<readonly string[]> {
  const page = succeeded(await alice.get('/apis', query), Page);
  expect(page.count).toBe(page.list.length);
  return page.list.map(({ name }) => name);
}

async function withLifecycle(lifecycle: string, act: () => Promise<void>): Promise<void> {
  const { client, tableName } = harness.table.store;
  const set = (to: string) =>
    client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: apiItemKey(harness.apis.pizza),
        UpdateExpression: 'SET lifecycle = :lifecycle',
        ExpressionAttributeValues: { ':lifecycle': to },
      }),
    );
  await set(lifecycle);
  try {
    await act();
  } finally {
    await set('PUBLISHED');
  }
}

describe('the APIs that developers see', () => {
  it('are listed by name with what an API owner has registered', async () => {
    const { list } = succeeded(await alice.get('/apis'), Page);
    expect(list).toMatchObject([
      { id: harness.apis.petstore, name: 'Petstore', throttlingPolicies: ['DefaultSubscriptionless'] },
      {
        id: harness.apis.pizza,
        name: 'PizzaShackAPI',
        version: '1.0.0',
        context: '/pizzashackapi/1.0.0',
        provider: 'Tests',
        lifeCycleStatus: 'PUBLISHED',
        throttlingPolicies: ['Bronze', 'Gold', 'Unlimited'],
      },
    ]);
  });

  it.each([
    ['pizza', ['PizzaShackAPI']],
    ['name:PETSTORE', ['Petstore']],
    ['version:1.0', ['Petstore', 'PizzaShackAPI']],
    ['context:/pizza', ['PizzaShackAPI']],
    ['provider:tests', ['Petstore', 'PizzaShackAPI']],
    ['status:deprecated', []],
    ['name:Pizza*', ['PizzaShackAPI']],
    ['name:Shack*', []],
    ['name:*shack*', ['PizzaShackAPI']],
    ['name:"PizzaShackAPI"', ['PizzaShackAPI']],
    ['name:"pizza"', []],
    ['name:"PizzaShackAPI" version:1.0.0', ['PizzaShackAPI']],
    ['name:"PizzaShackAPI" version:2.0.0', []],
    ['description:"The API Petstore"', ['Petstore']],
    ['tag:food', ['PizzaShackAPI']],
    ['tags:"food and drink"', ['PizzaShackAPI']],
    ['tag:food name:petstore', []],
    ['', ['Petstore', 'PizzaShackAPI']],
    ['(.*', []],
  ])('are found with the query %s', async (query, expected) => {
    expect(await names({ query })).toEqual(expected);
  });

  it.each([
    ['name:', 'must be terms such as'],
    ['name:"Pizza', 'must be terms such as'],
    [':pizza', 'must be terms such as'],
    ['constructor:x', 'constructor: is not understood; search by name:, version:'],
    ['nmae:pizza', 'nmae: is not understood'],
    ['kb_prod_0123456789:x', 'names an unknown field'],
  ])('are not looked for with the query %s, which is not understood', async (query, problem) => {
    const { status, text } = await alice.get('/apis', { query });
    expect([status, text]).toEqual([400, expect.stringContaining(problem)]);
    expect(text).not.toContain('kb_prod');
  });

  it('are counted by their tags', async () => {
    expect((await alice.get('/tags')).json).toMatchObject({
      count: 2,
      list: [
        { value: 'food and drink', count: 1 },
        { value: 'samples', count: 2 },
      ],
    });
  });

  it('keep the query in the links between pages', async () => {
    const answer = await alice.get('/apis', { query: 'provider:tests', limit: '1', nonsense: 'x' });
    expect(answer.json).toMatchObject({
      pagination: { next: `${PORTAL}/apis?limit=1&offset=1&query=provider%3Atests`, previous: '' },
    });
  });

  it('come in pages', async () => {
    expect(await names({ limit: '1' })).toEqual(['Petstore']);
    expect(await names({ limit: '1', offset: '1' })).toEqual(['PizzaShackAPI']);
    expect(await names({ offset: '2' })).toEqual([]);
  });

  it('have details: where the key goes, and the address of each environment', async () => {
    const answer = await alice.get(`/apis/${harness.apis.pizza}`);
    expect(answer.json).toMatchObject({
      id: harness.apis.pizza,
      subscriptionRequired: true,
      freshness: { mode: 'strict' },
      apiKeyHeader: 'apikey',
      endpointURLs: [
        {
          environmentType: 'production',
          URLs: { https: 'https://gateway.example/PizzaShackAPI' },
        },
        { environmentType: 'sandbox', URLs: { https: 'https://sandbox.example/PizzaShackAPI' } },
      ],
    });
    expect(answer.text).not.toMatch(/stackId|gw-pizzashackapi|arn:aws/);
  });

  it('have their OpenAPI document', async () => {
    const answer = await alice.get(`/apis/${harness.apis.pizza}/swagger`);
    expect([answer.status, answer.json]).toEqual([200, { openapi: '3.0.3' }]);
  });

  it.each(['CREATED', 'RETIRED'])('do not include one that is %s: it is not found', async (lifecycle) => {
    const { pizza } = harness.apis;
    const { keyUUID } = await alice.generate(pizza);
    await withLifecycle(lifecycle, async () => {
      expect(await names()).toEqual(['Petstore']);
      const answers = [
        await alice.get(`/apis/${pizza}`),
        await alice.get(`/apis/${pizza}/swagger`),
        await alice.get(`/apis/${pizza}/api-keys`),
        await alice.onKey(pizza, 'generate', {}),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      expect((await alice.onKey(pizza, 'revoke', { keyUUID })).status).toBe(200);
    });
  });

  it.each(['DEPRECATED', 'BLOCKED'])('go on to include one that is %s', async (lifecycle) => {
    await withLifecycle(lifecycle, async () => {
      expect(await names({ query: `status:${lifecycle}` })).toEqual(['PizzaShackAPI']);
    });
  });
});
