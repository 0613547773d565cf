import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDecisionWorld, type DecisionWorld } from '../support/decision-world.ts';
import { registerTestApi } from '../support/management-harness.ts';
import { ADMIN, PORTAL } from '../support/portal-user.ts';
import { credentialsOf, readTable } from '../support/table-contents.ts';

let world: DecisionWorld;
let harness: DecisionWorld['harness'];
let authorizer: DecisionWorld['authorizer'];
let alice: DecisionWorld['alice'];
let publisher: DecisionWorld['publisher'];
let pizza: string;

beforeAll(async () => {
  world = await openDecisionWorld();
  ({ harness, authorizer, alice, publisher } = world);
  pizza = await registerTestApi(harness.management, 'PizzaShackAPI', {
    requiresSubscription: true,
    approvesSubscriptions: true,
    policies: ['Bronze', 'Gold', 'Unlimited'],
  });
});
afterAll(() => world.close());

/** A subscription that was approved for Bronze, with a key. */
async function approved() {
  const { applicationId, subscriptionId, keyUUID, apikey } = await alice.subscribedKey(pizza, 'Bronze');
  expect((await publisher.decide('approve', subscriptionId)).status).toBe(200);
  const change = (throttlingPolicy: string) =>
    alice.send({
      method: 'PUT',
      path: `${PORTAL}/subscriptions/${subscriptionId}`,
      body: { applicationId, apiId: pizza, throttlingPolicy },
    });
  return { applicationId, subscriptionId, keyUUID, apikey, change };
}

/** The plan that calls with the key are counted by. */
async function planOf(keyUUID: string): Promise<unknown> {
  const items = credentialsOf(await readTable(harness.table.store));
  const live = items.find((item) => item['keyUUID'] === keyUUID && item['status'] === 'ACTIVE');
  const Carried = z.object({ subscriptions: z.record(z.string(), z.object({ policy: z.string() })) });
  return Carried.parse(live).subscriptions[pizza]?.policy;
}

const shown = async (subscriptionId: string) => (await alice.get(`/subscriptions/${subscriptionId}`)).json;

describe('where a publisher approves subscriptions, another plan', () => {
  it('is a request: the plan that was approved holds until then', async () => {
    const { subscriptionId, keyUUID, apikey, change } = await approved();
    const pending = {
      status: 'TIER_UPDATE_PENDING',
      throttlingPolicy: 'Bronze',
      requestedThrottlingPolicy: 'Unlimited',
    };
    expect((await change('Unlimited')).json).toMatchObject(pending);
    expect(await shown(subscriptionId)).toMatchObject(pending);
    expect(await planOf(keyUUID)).toBe('Bronze');
    expect((await authorizer.present(apikey)).kind).toBe('allowed');
  });

  it('holds once it is approved', async () => {
    const { subscriptionId, keyUUID, change } = await approved();
    await change('Unlimited');
    const answer = await publisher.decide('approve', subscriptionId);
    expect(answer.json).toMatchObject({ status: 'UNBLOCKED', throttlingPolicy: 'Unlimited' });
    expect(answer.json).not.toHaveProperty('requestedThrottlingPolicy');
    expect(await planOf(keyUUID)).toBe('Unlimited');
  });

  it('is gone when it is rejected: the plan that holds stays, and the calls go on', async () => {
    const { subscriptionId, keyUUID, apikey, change } = await approved();
    await change('Unlimited');
    expect((await publisher.decide('reject', subscriptionId)).json).toMatchObject({
      status: 'UNBLOCKED',
      throttlingPolicy: 'Bronze',
    });
    expect(await planOf(keyUUID)).toBe('Bronze');
    expect((await authorizer.present(apikey)).kind).toBe('allowed');
    expect((await publisher.get('/standing-decisions', { apiId: pizza })).json).toMatchObject({ count: 0 });
  });

  it('is taken back by asking for the plan that holds', async () => {
    const { change } = await approved();
    await change('Unlimited');
    const back = await change('Bronze');
    expect(back.json).toMatchObject({ status: 'UNBLOCKED', throttlingPolicy: 'Bronze' });
    expect(back.json).not.toHaveProperty('requestedThrottlingPolicy');
  });

  it('does not come by being blocked and let in again', async () => {
    const { subscriptionId, keyUUID, change } = await approved();
    await publisher.decide('block', subscriptionId);
    expect((await change('Unlimited')).json).toMatchObject({ status: 'BLOCKED', throttlingPolicy: 'Bronze' });
    await publisher.decide('unblock', subscriptionId);
    expect(await shown(subscriptionId)).toMatchObject({ status: 'TIER_UPDATE_PENDING' });
    expect(await planOf(keyUUID)).toBe('Bronze');
  });

  it('does not come by subscribing again: that waits for approval as a whole', async () => {
    const { applicationId, subscriptionId, apikey } = await approved();
    await alice.send({ method: 'DELETE', path: `${PORTAL}/subscriptions/${subscriptionId}` });
    await alice.subscribe(applicationId, pizza, 'Unlimited');
    expect((await authorizer.present(apikey)).kind).toBe('forbidden');
  });

  it('cannot be deleted by administrators while it is asked for', async () => {
    const root = harness.as('root', 'administrator');
    const policies = z.object({ list: z.array(z.object({ policyId: z.string(), policyName: z.string() })) });
    const { change } = await approved();
    await change('Gold');
    const { list } = policies.parse((await root({ path: `${ADMIN}/throttling/policies/subscription` })).json);
    const gold = list.find(({ policyName }) => policyName === 'Gold')?.policyId ?? '';
    const path = `${ADMIN}/throttling/policies/subscription/${gold}`;
    expect((await root({ method: 'DELETE', path })).status).toBe(409);
  });
});

describe('a decision of a publisher', () => {
  it.each(['approve', 'reject', 'block', 'unblock'])(
    'to %s is refused on a version that was not seen',
    async (action) => {
      const applicationId = await alice.application();
      const subscriptionId = await alice.subscribe(applicationId, pizza, 'Bronze');
      if (action === 'block' || action === 'unblock') await publisher.decide('approve', subscriptionId);
      const seen = await publisher.get(`/subscriptions/${subscriptionId}`);
      const ifMatch = { 'if-match': String(seen.headers['etag']) };
      await alice.send({
        method: 'PUT',
        path: `${PORTAL}/subscriptions/${subscriptionId}`,
        body: { applicationId, apiId: pizza, throttlingPolicy: 'Unlimited' },
      });
      const before = await readTable(harness.table.store);
      expect((await publisher.decide(action, subscriptionId, {}, ifMatch)).status).toBe(412);
      expect(await readTable(harness.table.store)).toEqual(before);
      const fresh = {
        'if-match': String((await publisher.get(`/subscriptions/${subscriptionId}`)).headers['etag']),
      };
      expect((await publisher.decide(action, subscriptionId, {}, fresh)).status).toBe(200);
      await publisher.post('/standing-decisions/lift', { apiId: pizza, owner: 'sub-alice' });
    },
  );

  it('about the lifecycle of an API is refused on a version that was not seen', async () => {
    const api = harness.apis.petstore;
    const etag = async () => ({ 'if-match': String((await publisher.get(`/apis/${api}`)).headers['etag']) });
    const stale = await etag();
    const query = { apiId: api, action: 'Block' };
    expect((await publisher.post('/apis/change-lifecycle', query, stale)).status).toBe(200);
    const again = { apiId: api, action: 'Re-Publish' };
    expect((await publisher.post('/apis/change-lifecycle', again, stale)).status).toBe(412);
    expect((await publisher.post('/apis/change-lifecycle', again, await etag())).status).toBe(200);
  });
});
