import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDecisionWorld, type DecisionWorld } from '../support/decision-world.ts';
import { registerTestApi } from '../support/management-harness.ts';
import { PORTAL, portalUser } from '../support/portal-user.ts';

let world: DecisionWorld;
let harness: DecisionWorld['harness'];
let alice: DecisionWorld['alice'];
let publisher: DecisionWorld['publisher'];
let pizza: DecisionWorld['pizza'];
let isOpen: DecisionWorld['isOpen'];

beforeEach(async () => {
  world = await openDecisionWorld();
  ({ harness, alice, publisher, pizza, isOpen } = world);
});
afterEach(() => world.close());

const Decisions = z.object({
  list: z.array(z.object({ owner: z.string(), status: z.string(), version: z.number() })),
});

const subscriber = (user = alice) => user.subscribedKey(pizza);

const remove = (path: string) => alice.send({ method: 'DELETE', path: `${PORTAL}${path}` });
const subscribeAgain = (applicationId: string, user = alice) =>
  user.post('/subscriptions', { applicationId, apiId: pizza, throttlingPolicy: 'Gold' });
const standing = async () =>
  Decisions.parse((await publisher.get('/standing-decisions', { apiId: pizza })).json).list;

describe.each(['BLOCKED', 'PROD_ONLY_BLOCKED'])('an owner who is %s at an API', (blockState) => {
  it('cannot subscribe again after unsubscribing', async () => {
    const { applicationId, subscriptionId, apikey } = await subscriber();
    await publisher.decide('block', subscriptionId, { blockState });
    expect((await remove(`/subscriptions/${subscriptionId}`)).status).toBe(200);
    const again = await subscribeAgain(applicationId);
    expect(again.status).toBe(409);
    expect(again.text).toContain('Only a publisher can lift that');
    expect(await isOpen(apikey)).toBe(false);
  });

  it('cannot subscribe again with another application, whatever became of the first one', async () => {
    const { applicationId, subscriptionId, apikey, keyUUID } = await subscriber();
    await publisher.decide('block', subscriptionId, { blockState });
    expect((await subscribeAgain(await alice.application())).status).toBe(409);
    expect((await remove(`/applications/${applicationId}`)).status).toBe(200);
    const fresh = await alice.application();
    expect((await subscribeAgain(fresh)).status).toBe(409);
    await alice.associate(pizza, keyUUID, fresh);
    expect(await isOpen(apikey)).toBe(false);
  });

  it('has no key that works by another application that was subscribed before', async () => {
    const [first, second] = [await subscriber(), await subscriber()];
    await publisher.decide('block', first.subscriptionId, { blockState });
    expect(await isOpen(second.apikey)).toBe(false);
    await alice.onKey(pizza, 'dissociate', { keyUUID: first.keyUUID });
    await alice.associate(pizza, first.keyUUID, second.applicationId);
    expect(await isOpen(first.apikey)).toBe(false);
    const { keyUUID, apikey } = await alice.generate(pizza);
    await alice.associate(pizza, keyUUID, second.applicationId);
    expect(await isOpen(apikey)).toBe(false);
    const own = `/applications/${second.applicationId}/api-keys/PRODUCTION/generate`;
    const issued = z.object({ apikey: z.string() }).parse((await alice.post(own, {})).json);
    expect(await isOpen(issued.apikey)).toBe(false);
  });

  it('is found among the subscriptions to the API, and let in again by a publisher alone', async () => {
    const { applicationId, subscriptionId, apikey } = await subscriber();
    await publisher.decide('block', subscriptionId, { blockState });
    await remove(`/subscriptions/${subscriptionId}`);
    const seen = await publisher.get('/subscriptions', { apiId: pizza });
    expect(seen.json).toMatchObject({
      count: 0,
      standingDecisions: [{ owner: 'sub-alice', user: 'alice', status: blockState, decidedBy: 'pat' }],
    });
    const query = { apiId: pizza, owner: 'sub-alice' };
    const byHerself = await alice.send({
      method: 'POST',
      path: '/api/am/publisher/v4/standing-decisions/lift',
      query,
    });
    expect(byHerself.status).toBe(403);
    expect((await publisher.post('/standing-decisions/lift', query)).status).toBe(200);
    expect(await standing()).toEqual([]);
    expect((await subscribeAgain(applicationId)).status).toBe(201);
    expect(await isOpen(apikey)).toBe(true);
  });
});

describe('an owner who is blocked for production alone', () => {
  it('goes on with sandbox keys, by either application', async () => {
    const [first, second] = [await subscriber(), await subscriber()];
    const { keyUUID, apikey } = await alice.generate(pizza, { keyType: 'SANDBOX' });
    await alice.associate(pizza, keyUUID, second.applicationId);
    await publisher.decide('block', first.subscriptionId, { blockState: 'PROD_ONLY_BLOCKED' });
    expect(await isOpen(apikey, 'SANDBOX')).toBe(true);
    expect(await isOpen(second.apikey)).toBe(false);
  });
});

describe('a block of a consumer', () => {
  it('is lifted for all subscriptions of the owner, by way of any of them', async () => {
    const [first, second] = [await subscriber(), await subscriber()];
    await publisher.decide('block', first.subscriptionId);
    expect([await isOpen(first.apikey), await isOpen(second.apikey)]).toEqual([false, false]);
    expect((await publisher.decide('unblock', second.subscriptionId)).status).toBe(200);
    expect([await isOpen(first.apikey), await isOpen(second.apikey)]).toEqual([true, true]);
    expect(await standing()).toEqual([]);
  });

  it('concerns neither other owners nor other APIs', async () => {
    const bob = portalUser(harness, 'bob');
    const [hers, his] = [await subscriber(), await subscriber(bob)];
    await publisher.decide('block', hers.subscriptionId);
    expect(await isOpen(his.apikey)).toBe(true);
    expect((await subscribeAgain(await bob.application(), bob)).status).toBe(201);
    const policies = ['Gold'];
    const other = await registerTestApi(harness.management, 'Other', {
      requiresSubscription: true,
      policies,
    });
    expect(await alice.subscribe(await alice.application(), other)).toBeTypeOf('string');
  });

  it('holds for an owner without a subscription, too', async () => {
    const query = { apiId: pizza, owner: 'sub-alice', blockState: 'BLOCKED' };
    expect((await publisher.post('/standing-decisions/block', query)).status).toBe(200);
    expect((await subscribeAgain(await alice.application())).status).toBe(409);
  });

  it('of an owner reaches all subscriptions that there are', async () => {
    const [first, second] = [await subscriber(), await subscriber()];
    const query = { apiId: pizza, owner: 'sub-alice', blockState: 'BLOCKED' };
    expect((await publisher.post('/standing-decisions/block', query)).status).toBe(200);
    expect([await isOpen(first.apikey), await isOpen(second.apikey)]).toEqual([false, false]);
    const lift = { apiId: pizza, owner: 'sub-alice' };
    expect((await publisher.post('/standing-decisions/lift', lift)).status).toBe(200);
    expect([await isOpen(first.apikey), await isOpen(second.apikey)]).toEqual([true, true]);
  });

  it('of a person keeps the person from subscribing for a group', async () => {
    const { subscriptionId } = await subscriber();
    await publisher.decide('block', subscriptionId);
    const forGroup = async (name: string, method: string, path: string, body: unknown) =>
      harness.as(
        name,
        'developer',
        'team',
      )({ method, path: `${PORTAL}${path}`, body, headers: { 'x-keybound-group': 'team' } });
    const made = await forGroup('alice', 'POST', '/applications', {
      name: 'Team',
      throttlingPolicy: 'Unlimited',
    });
    const { applicationId } = z.object({ applicationId: z.string() }).parse(made.json);
    const body = { applicationId, apiId: pizza, throttlingPolicy: 'Gold' };
    expect((await forGroup('alice', 'POST', '/subscriptions', body)).status).toBe(409);
    expect((await forGroup('carol', 'POST', '/subscriptions', body)).status).toBe(201);
  });

  it('of a group outlives its application, whoever of the group asks again', async () => {
    const inGroup = (name: string) => {
      const send = harness.as(name, 'developer', 'team');
      return (method: string, path: string, body?: unknown) =>
        send({ method, path: `${PORTAL}${path}`, body, headers: { 'x-keybound-group': 'team' } });
    };
    const application = async (name: string) => {
      const answer = await inGroup('carol')('POST', '/applications', { name, throttlingPolicy: 'Unlimited' });
      return z.object({ applicationId: z.string() }).parse(answer.json).applicationId;
    };
    const first = await application('First');
    const subscribed = await inGroup('carol')('POST', '/subscriptions', {
      applicationId: first,
      apiId: pizza,
      throttlingPolicy: 'Gold',
    });
    const { subscriptionId } = z.object({ subscriptionId: z.string() }).parse(subscribed.json);
    await publisher.decide('block', subscriptionId);
    await inGroup('carol')('DELETE', `/applications/${first}`);
    const body = { applicationId: await application('Second'), apiId: pizza, throttlingPolicy: 'Gold' };
    const again = await inGroup('dave')('POST', '/subscriptions', body);
    expect(again.status).toBe(409);
    expect(again.text).toContain('the group team');
  });

  it('is not lifted by a publisher who looked at an earlier state of it', async () => {
    const query = { apiId: pizza, owner: 'sub-alice' };
    await publisher.post('/standing-decisions/block', { ...query, blockState: 'PROD_ONLY_BLOCKED' });
    const version = (await standing())[0]?.version ?? 0;
    await publisher.post('/standing-decisions/block', { ...query, blockState: 'BLOCKED' });
    const stale = { 'if-match': `"${version}"` };
    expect((await publisher.post('/standing-decisions/lift', query, stale)).status).toBe(412);
    expect(await standing()).toMatchObject([{ status: 'BLOCKED' }]);
  });
});

describe('a rejected request', () => {
  it('is not made good by a new one, by whichever application, until a publisher approves it or lifts that', async () => {
    const api = await registerTestApi(harness.management, 'Approving', {
      requiresSubscription: true,
      approvesSubscriptions: true,
      policies: ['Gold'],
    });
    const applicationId = await alice.application();
    const subscriptionId = await alice.subscribe(applicationId, api);
    expect((await publisher.decide('reject', subscriptionId)).status).toBe(200);
    await remove(`/subscriptions/${subscriptionId}`);
    for (const id of [applicationId, await alice.application()]) {
      const again = await alice.post('/subscriptions', {
        applicationId: id,
        apiId: api,
        throttlingPolicy: 'Gold',
      });
      expect(again.status).toBe(409);
      expect(again.text).toContain('rejected you');
    }
    const query = { apiId: api, owner: 'sub-alice' };
    expect((await publisher.post('/standing-decisions/lift', query)).status).toBe(200);
    const allowed = await alice.post('/subscriptions', {
      applicationId,
      apiId: api,
      throttlingPolicy: 'Gold',
    });
    expect(allowed.json).toMatchObject({ status: 'ON_HOLD' });
  });
});
