import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { contradictionsIn } from '../../support/check-invariants.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { PORTAL, portalUser, succeeded, type Issued, type PortalUser } from '../../support/portal-user.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let authorizer: TestAuthorizer;
let pizza: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  authorizer = testAuthorizer(harness);
  pizza = harness.apis.pizza;
});

afterAll(() => harness.close());

const put = (id: string, body: unknown) =>
  alice.send({ method: 'PUT', path: `${PORTAL}/subscriptions/${id}`, body });
const remove = (id: string) => alice.send({ method: 'DELETE', path: `${PORTAL}/subscriptions/${id}` });
const Page = z.object({ count: z.number(), list: z.array(z.object({ subscriptionId: z.string() })) });

async function setLifecycle(lifecycle: string): Promise<void> {
  const { client, tableName } = harness.table.store;
  await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: apiItemKey(pizza),
      UpdateExpression: 'SET lifecycle = :lifecycle',
      ExpressionAttributeValues: { ':lifecycle': lifecycle },
    }),
  );
}

/** The plan that an allowed call is granted. */
async function grantedPlan({ apikey }: Issued): Promise<unknown> {
  const outcome = await authorizer.present(apikey);
  const Granted = z.object({ subscriptionPolicy: z.string() });
  return outcome.kind === 'allowed' ? Granted.parse(outcome.context).subscriptionPolicy : outcome.kind;
}

describe('a subscription', () => {
  it('is created with 201 and has every field of the contract', async () => {
    const applicationId = await alice.application({ name: 'Subscriber', throttlingPolicy: '20PerMin' });
    const body = { applicationId, apiId: pizza, throttlingPolicy: 'Gold' };
    const answer = await alice.post('/subscriptions', body);
    expect(answer.status).toBe(201);
    const { subscriptionId } = succeeded(answer, z.object({ subscriptionId: z.uuid() }));
    expect(answer.json).toMatchObject({
      subscriptionId,
      ...body,
      status: 'UNBLOCKED',
      apiInfo: {
        id: pizza,
        name: 'PizzaShackAPI',
        version: '1.0.0',
        context: '/pizzashackapi/1.0.0',
        provider: 'Tests',
        lifeCycleStatus: 'PUBLISHED',
      },
      applicationInfo: {
        applicationId,
        name: 'Subscriber',
        throttlingPolicy: '20PerMin',
        subscriptionCount: 1,
        owner: 'alice',
      },
    });
    const read = await alice.get(`/subscriptions/${subscriptionId}`);
    expect([read.status, read.json]).toEqual([200, answer.json]);
    expect((await alice.get(`/applications/${applicationId}`)).json).toMatchObject({ subscriptionCount: 1 });
  });

  it('exists once for an application and an API', async () => {
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, pizza);
    const again = await alice.post('/subscriptions', {
      applicationId,
      apiId: pizza,
      throttlingPolicy: 'Bronze',
    });
    expect(again.status).toBe(409);
  });

  it('needs a plan that the API offers', async () => {
    const applicationId = await alice.application();
    for (const throttlingPolicy of ['Silver', 'gold', 'DefaultSubscriptionless', '10PerMin']) {
      const answer = await alice.post('/subscriptions', { applicationId, apiId: pizza, throttlingPolicy });
      expect([throttlingPolicy, answer.status]).toEqual([throttlingPolicy, 400]);
      expect(answer.text).toContain('throttlingPolicy: must be one of Bronze, Gold, Unlimited');
    }
  });

  it('is not taken by an API that needs none', async () => {
    const body = { applicationId: await alice.application(), apiId: harness.apis.petstore };
    expect((await alice.post('/subscriptions', { ...body, throttlingPolicy: 'Unlimited' })).status).toBe(409);
  });

  it.each([
    ['DEPRECATED', 409],
    ['BLOCKED', 409],
    ['CREATED', 404],
    ['RETIRED', 404],
  ])('to an API that is %s is refused with %i', async (lifecycle, status) => {
    const applicationId = await alice.application();
    await setLifecycle(lifecycle);
    const answer = await alice.post('/subscriptions', {
      applicationId,
      apiId: pizza,
      throttlingPolicy: 'Gold',
    });
    await setLifecycle('PUBLISHED');
    expect(answer.status).toBe(status);
  });

  it('goes on when its API is deprecated: it can be read, changed and ended', async () => {
    const applicationId = await alice.application();
    const id = await alice.subscribe(applicationId, pizza);
    await setLifecycle('DEPRECATED');
    try {
      expect((await alice.get(`/subscriptions/${id}`)).json).toMatchObject({
        apiInfo: { lifeCycleStatus: 'DEPRECATED' },
      });
      expect((await put(id, { applicationId, apiId: pizza, throttlingPolicy: 'Bronze' })).status).toBe(200);
      expect((await remove(id)).status).toBe(200);
    } finally {
      await setLifecycle('PUBLISHED');
    }
  });

  it('is listed alone, by application and by API', async () => {
    const bob = portalUser(harness, 'bob');
    const [one, other] = [await bob.application(), await bob.application()];
    const first = await bob.subscribe(one, pizza);
    harness.time.now += 1;
    const second = await bob.subscribe(other, pizza);
    const { keyUUID } = await bob.generate(harness.apis.petstore);
    await bob.associate(harness.apis.petstore, keyUUID, one);
    const ids = async (query?: Record<string, string>) => {
      const page = Page.parse((await bob.get('/subscriptions', query)).json);
      expect(page.count).toBe(page.list.length);
      return page.list.map(({ subscriptionId }) => subscriptionId);
    };
    expect(await ids()).toEqual([first, second]);
    expect(await ids({ applicationId: one })).toEqual([first]);
    expect(await ids({ apiId: pizza, applicationId: other })).toEqual([second]);
    expect(await ids({ apiId: harness.apis.petstore })).toEqual([]);
    expect(await ids({ limit: '1', offset: '1' })).toEqual([second]);
  });

  it('passes its new plan on to the keys that are associated, and to those that come', async () => {
    const applicationId = await alice.application();
    const id = await alice.subscribe(applicationId, pizza, 'Gold');
    const keys = await Promise.all([1, 2, 3].map(() => alice.generate(pizza)));
    for (const { keyUUID } of keys) await alice.associate(pizza, keyUUID, applicationId);
    const unrelated = await alice.generate(pizza);
    const answer = await put(id, { applicationId, apiId: pizza, throttlingPolicy: 'Bronze' });
    expect([answer.status, answer.json]).toEqual([
      200,
      expect.objectContaining({ throttlingPolicy: 'Bronze' }),
    ]);
    expect(await Promise.all(keys.map(grantedPlan))).toEqual(['Bronze', 'Bronze', 'Bronze']);
    expect(await grantedPlan(unrelated)).toBe('forbidden');
    await alice.associate(pizza, unrelated.keyUUID, applicationId);
    expect(await grantedPlan(unrelated)).toBe('Bronze');
    expect((await put(id, { applicationId, apiId: pizza, throttlingPolicy: 'Silver' })).status).toBe(400);
    expect(await grantedPlan(unrelated)).toBe('Bronze');
  });

  it('keeps its application and its API', async () => {
    const applicationId = await alice.application();
    const id = await alice.subscribe(applicationId, pizza);
    const other = await alice.application();
    const body = { applicationId, apiId: pizza, throttlingPolicy: 'Bronze' };
    expect((await put(id, { ...body, applicationId: other })).status).toBe(400);
    expect((await put(id, { ...body, apiId: harness.apis.petstore })).status).toBe(400);
    expect((await alice.get(`/subscriptions/${id}`)).json).toMatchObject({ throttlingPolicy: 'Gold' });
  });

  it('refuses its keys from the moment it ends, keeps them associated, and works again when renewed', async () => {
    const applicationId = await alice.application({ name: 'Comes back' });
    const id = await alice.subscribe(applicationId, pizza);
    const key = await alice.generate(pizza);
    await alice.associate(pizza, key.keyUUID, applicationId);
    expect(await grantedPlan(key)).toBe('Gold');
    const ended = await remove(id);
    expect([ended.status, ended.text]).toEqual([200, '']);
    expect(await authorizer.reasonOf(key.apikey)).toBe('subscription_missing');
    expect((await alice.get(`/applications/${applicationId}`)).json).toMatchObject({ subscriptionCount: 0 });
    expect((await alice.get(`/apis/${pizza}/api-keys`)).text).toContain('"associatedApp":"Comes back"');
    expect((await remove(id)).status).toBe(404);
    await alice.subscribe(applicationId, pizza, 'Bronze');
    expect(await grantedPlan(key)).toBe('Bronze');
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });
});

describe('generating, subscribing and associating', () => {
  type Step = 'generate' | 'subscribe' | 'associate';
  const orders: readonly (readonly Step[])[] = [
    ['generate', 'subscribe', 'associate'],
    ['generate', 'associate', 'subscribe'],
    ['subscribe', 'generate', 'associate'],
  ];

  it.each(orders)('open the API in the order %s, %s, %s, and not before the last', async (...order) => {
    const applicationId = await alice.application({ tokenType: 'OAUTH' });
    let key: Issued | undefined;
    for (const step of order) {
      if (key !== undefined) expect(await grantedPlan(key)).toBe('forbidden');
      if (step === 'generate') key = await alice.generate(pizza);
      else if (step === 'subscribe') await alice.subscribe(applicationId, pizza);
      else await alice.associate(pizza, key?.keyUUID ?? '', applicationId);
    }
    expect(key && (await grantedPlan(key))).toBe('Gold');
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });
});
