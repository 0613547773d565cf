import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDecisionWorld, type DecisionWorld } from '../support/decision-world.ts';
import { ADMIN, PORTAL } from '../support/portal-user.ts';
import { interfere } from '../support/interfere.ts';
import { failingAfterWrites, UNKNOWN, withFaults } from '../support/table-faults.ts';

let world: DecisionWorld;
let harness: DecisionWorld['harness'];
let authorizer: DecisionWorld['authorizer'];
let alice: DecisionWorld['alice'];
let publisher: DecisionWorld['publisher'];
let pizza: DecisionWorld['pizza'];
let giveToBob: DecisionWorld['giveToBob'];

beforeEach(async () => {
  world = await openDecisionWorld();
  ({ harness, authorizer, alice, publisher, pizza, giveToBob } = world);
});
afterEach(() => world.close());

const blockBob = (blockState: string) =>
  publisher.post('/standing-decisions/block', { apiId: pizza, owner: 'sub-bob', blockState });

/** Of alice: an application that subscribes, with an associated key and one of its own. */
async function subscriber() {
  const { applicationId, subscriptionId, keyUUID, apikey } = await alice.subscribedKey(pizza);
  const own = await alice.generateFor(applicationId);
  return { applicationId, subscriptionId, keyUUID, values: [apikey, own.apikey] };
}

const reasons = async (values: readonly string[]) =>
  Promise.all(values.map((value) => authorizer.reasonOf(value)));

describe('an application that an administrator gives to another owner', () => {
  it.each(['BLOCKED', 'PROD_ONLY_BLOCKED'])('does not go to one who is %s at an API of it', async (state) => {
    const { applicationId, values } = await subscriber();
    expect((await blockBob(state)).status).toBe(200);
    const answer = await giveToBob(applicationId);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain(`${pizza} (${state})`);
    expect(await reasons(values)).toEqual([undefined, undefined]);
    expect((await alice.get(`/applications/${applicationId}`)).status).toBe(200);
    const lift = { apiId: pizza, owner: 'sub-bob' };
    expect((await publisher.post('/standing-decisions/lift', lift)).status).toBe(200);
    expect((await giveToBob(applicationId)).status).toBe(200);
  });

  it.each([
    ['BLOCKED', 'subscription_blocked'],
    ['PROD_ONLY_BLOCKED', 'subscription_production_blocked'],
  ])('opens nothing for one who becomes %s while it is on its way', async (state, reason) => {
    const { applicationId, subscriptionId, values } = await subscriber();
    const { result } = await withFaults(
      harness,
      failingAfterWrites(1),
      UNKNOWN,
      () => giveToBob(applicationId),
      'call',
    );
    expect(result.status).toBe(503);
    expect((await blockBob(state)).status).toBe(200);
    // The values follow in writes of their own, and the table fails before them.
    await withFaults(harness, failingAfterWrites(1), UNKNOWN, () => giveToBob(applicationId), 'call');
    expect((await giveToBob(applicationId)).status).toBe(200);
    expect(await reasons(values)).toEqual([reason, reason]);
    expect((await publisher.decide('unblock', subscriptionId)).status).toBe(200);
    expect(await reasons(values)).toEqual([undefined, undefined]);
  });
});

/** Lets others be faster so often that a decision no longer waits for them, and the application go just after it. */
async function whileItGoes<T>(
  applicationId: string,
  decide: () => Promise<T>,
  disturb: (time: number) => Promise<unknown>,
): Promise<T> {
  const { result, times } = await interfere(harness.table.store, decide, async (time) => {
    if (time < 4) await disturb(time);
    if (time === 5) expect((await giveToBob(applicationId)).status).toBe(200);
  });
  expect(times).toBeGreaterThan(5);
  return result;
}

describe('a decision that is under way while its application goes to another owner', () => {
  it('suspends the values of a key, too', async () => {
    const { applicationId, keyUUID, values } = await subscriber();
    const suspend = () =>
      harness.as(
        'root',
        'administrator',
      )({ method: 'POST', path: `${ADMIN}/api-keys/suspend`, body: { keyUUID, reason: 'leaked' } });
    await whileItGoes(applicationId, suspend, (time) =>
      alice.send({
        method: 'PATCH',
        path: `${PORTAL}/apis/${pizza}/api-keys/${keyUUID}`,
        body: { keyName: `Name ${time}` },
      }),
    );
    expect(await authorizer.reasonOf(values[0] ?? '')).toBe('key_suspended');
  });

  it('blocks the values that the subscription opens, too', async () => {
    const { applicationId, subscriptionId, keyUUID, values } = await subscriber();
    await whileItGoes(
      applicationId,
      () => publisher.decide('block', subscriptionId),
      (time) =>
        alice.send({
          method: 'PATCH',
          path: `${PORTAL}/apis/${pizza}/api-keys/${keyUUID}`,
          body: { validityPeriod: 7_200 + time },
        }),
    );
    expect(await reasons(values)).toEqual(['subscription_blocked', 'subscription_blocked']);
  });
});
