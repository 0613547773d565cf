import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { interfere } from '../support/interfere.ts';
import { openDecisionWorld, type DecisionWorld } from '../support/decision-world.ts';
import { registerTestApi } from '../support/management-harness.ts';
import { PORTAL } from '../support/portal-user.ts';
import { failingAfterWrites, UNKNOWN, withFaults } from '../support/table-faults.ts';

let world: DecisionWorld;
let harness: DecisionWorld['harness'];
let alice: DecisionWorld['alice'];
let publisher: DecisionWorld['publisher'];
let pizza: DecisionWorld['pizza'];
let isOpen: DecisionWorld['isOpen'];
let giveToBob: DecisionWorld['giveToBob'];

beforeEach(async () => {
  world = await openDecisionWorld();
  ({ harness, alice, publisher, pizza, isOpen, giveToBob } = world);
});
afterEach(() => world.close());

/** Sends a request whose function is cut off after its first write. */
const cutOff = <T>(send: () => Promise<T>) =>
  withFaults(harness, failingAfterWrites(1), UNKNOWN, send, 'call');
const blockAlice = (blockState: string, headers: Readonly<Record<string, string>> = {}) =>
  publisher.post('/standing-decisions/block', { apiId: pizza, owner: 'sub-alice', blockState }, headers);
const Subscription = z.object({ status: z.string(), requestedThrottlingPolicy: z.string().optional() });

describe('a plan that a publisher rejects', () => {
  it('is not asked for any more, whatever its owner changes meanwhile', async () => {
    const api = await registerTestApi(harness.management, 'Approved', {
      requiresSubscription: true,
      approvesSubscriptions: true,
      policies: ['Bronze', 'Gold', 'Unlimited'],
    });
    const { applicationId, subscriptionId, keyUUID } = await alice.subscribedKey(api, 'Bronze');
    await publisher.decide('approve', subscriptionId);
    const asked = await alice.send({
      method: 'PUT',
      path: `${PORTAL}/subscriptions/${subscriptionId}`,
      body: { applicationId, apiId: api, throttlingPolicy: 'Unlimited' },
    });
    expect(asked.status).toBe(200);
    const { result } = await interfere(
      harness.table.store,
      () => publisher.decide('reject', subscriptionId),
      async (time: number) => {
        if (time >= 6) return;
        const path = `${PORTAL}/apis/${api}/api-keys/${keyUUID}`;
        await alice.send({ method: 'PATCH', path, body: { validityPeriod: 7_200 + time } });
      },
    );
    expect(result.status).toBe(200);
    const after = Subscription.parse((await alice.get(`/subscriptions/${subscriptionId}`)).json);
    expect(after).toMatchObject({ status: 'UNBLOCKED' });
    expect(after.requestedThrottlingPolicy).toBeUndefined();
  });
});

describe('a decision that was cut off', () => {
  it('is completed by the same request, though it names the version before', async () => {
    const [one, other] = [await alice.subscribedKey(pizza), await alice.subscribedKey(pizza)];
    const { headers } = await publisher.get(`/subscriptions/${one.subscriptionId}`);
    const block = () =>
      publisher.decide('block', one.subscriptionId, {}, { 'if-match': String(headers['etag']) });
    expect((await cutOff(block)).result.status).toBe(503);
    expect((await block()).status).toBe(200);
    expect([await isOpen(one.apikey), await isOpen(other.apikey)]).toEqual([false, false]);
  });

  it('about an owner is completed by the same request, though it names the version before', async () => {
    const { apikey } = await alice.subscribedKey(pizza);
    await blockAlice('PROD_ONLY_BLOCKED');
    const block = () => blockAlice('BLOCKED', { 'if-match': '"1"' });
    expect((await cutOff(block)).result.status).toBe(503);
    expect((await block()).status).toBe(200);
    expect(await isOpen(apikey)).toBe(false);
  });

  it('that lifted another is completed by the same request, and then there is nothing to lift', async () => {
    const [one, other] = [await alice.subscribedKey(pizza), await alice.subscribedKey(pizza)];
    await blockAlice('BLOCKED');
    const lift = () => publisher.post('/standing-decisions/lift', { apiId: pizza, owner: 'sub-alice' });
    expect((await cutOff(lift)).result.status).toBe(503);
    expect((await lift()).status).toBe(200);
    expect([await isOpen(one.apikey), await isOpen(other.apikey)]).toEqual([true, true]);
    expect((await lift()).status).toBe(404);
  });
});

describe('an owner whose application is on its way to another', () => {
  it('can be blocked at an API with all keys', async () => {
    const { applicationId, apikey } = await alice.subscribedKey(pizza);
    const own = await alice.generateFor(applicationId);
    await cutOff(() => giveToBob(applicationId));
    expect((await blockAlice('BLOCKED')).status).toBe(200);
    expect([await isOpen(apikey), await isOpen(own.apikey)]).toEqual([false, false]);
    expect((await giveToBob(applicationId)).status).toBe(200);
  });

  it('is blocked with all keys by way of a subscription, whatever the owner changes meanwhile', async () => {
    const { applicationId, subscriptionId, apikey } = await alice.subscribedKey(pizza);
    const more: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      const { keyUUID } = await alice.generate(pizza);
      await alice.associate(pizza, keyUUID, applicationId);
      more.push(keyUUID);
    }
    const own = await alice.generateFor(applicationId);
    await cutOff(() => giveToBob(applicationId));
    const { result } = await interfere(
      harness.table.store,
      () => publisher.decide('block', subscriptionId),
      async (time: number) => {
        const keyUUID = more[time];
        if (keyUUID !== undefined) await alice.onKey(pizza, 'dissociate', { keyUUID });
      },
    );
    expect(result.status).toBe(200);
    expect([await isOpen(apikey), await isOpen(own.apikey)]).toEqual([false, false]);
    expect((await giveToBob(applicationId)).status).toBe(200);
  });
});
