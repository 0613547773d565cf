import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ADMIN, PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const INSTANCES = 50;
/** More than instances, so that calls wait for an instance and none is idle. */
const CLIENTS = 150;
const LIMIT = 1_000;
const CALLS = 2_200;

let keybound: RunningKeybound;
let pizza: string;

beforeAll(async () => {
  keybound = await runKeybound({ maxInstances: INSTANCES });
  pizza = await keybound.apiId('PizzaShackAPI');
});
afterAll(() => keybound.close());

/** @returns the id of a new policy. */
async function policy(level: string, policyName: string, requestCount: number, timeUnit: string) {
  const created = await keybound.manage('admin', 'POST', `${ADMIN}/throttling/policies/${level}`, {
    policyName,
    defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount: { timeUnit, unitTime: 1, requestCount } },
  });
  return z.object({ policyId: z.string() }).parse(created.json).policyId;
}

const Application = z.object({ applicationId: z.string() });

/** A key of PizzaShack in a new application with these policies. */
async function subscriber(plan: string, ofApplication: string): Promise<string> {
  const application = await keybound.manage('alice', 'POST', `${PORTAL}/applications`, {
    name: `Subscriber of ${plan} and ${ofApplication}`,
    throttlingPolicy: ofApplication,
  });
  const { applicationId } = Application.parse(application.json);
  await keybound.manage('alice', 'POST', `${PORTAL}/subscriptions`, {
    applicationId,
    apiId: pizza,
    throttlingPolicy: plan,
  });
  const { keyUUID, apikey } = await keybound.generate('alice', pizza);
  await keybound.manage('alice', 'POST', `${PORTAL}/apis/${pizza}/api-keys/associate`, {
    keyUUID,
    applicationUUID: applicationId,
  });
  return apikey;
}

const call = async (apikey: string) => {
  const { status } = await keybound.http.send({
    method: 'GET',
    url: `${keybound.runner.gatewayUrl}/pizzashack/1.0.0/menu`,
    headers: { apikey },
  });
  return status;
};

/** Sends `calls` calls, at every instance; how many were served, and how many were not refused by a limit. */
async function sendCalls(apikey: string, calls: number) {
  let left = calls;
  const statuses: number[] = [];
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      statuses.push(await call(apikey));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return {
    served: statuses.filter((status) => status === 200).length,
    // On a busy machine a backend may time out, whose call was admitted all the same, or a counter.
    unlimited: statuses.filter((status) => status !== 429).length,
  };
}

/** Waits, if need be, for a window of this length with this much time left. */
async function untilWindowHas(milliseconds: number, length: number): Promise<void> {
  const left = length - (Date.now() % length);
  if (left < milliseconds) await new Promise((resolve) => setTimeout(resolve, left + 50));
}

describe('fifty instances of the authorizer on the runner', () => {
  // By the hour: how many calls a busy machine carries in a minute is not known. Leases look no further than a minute.
  it('admit together at most the limit of a plan in a window, and nearly all of it', async () => {
    await policy('subscription', 'Thousand', LIMIT, 'hour');
    const apikey = await subscriber('Thousand', 'Unlimited');
    await untilWindowHas(150_000, 3_600_000);
    const { served, unlimited } = await sendCalls(apikey, CALLS);
    expect(served).toBeLessThanOrEqual(LIMIT);
    expect(unlimited).toBeGreaterThanOrEqual(0.95 * LIMIT);
    expect(unlimited).toBeLessThan(CALLS / 2);
  }, 320_000);

  it('admit exactly ten calls of an application in a minute', async () => {
    const apikey = await subscriber('Gold', '10PerMin');
    await untilWindowHas(30_000, 60_000);
    const { served, unlimited } = await sendCalls(apikey, 200);
    expect(served).toBeLessThanOrEqual(10);
    expect(unlimited).toBeGreaterThanOrEqual(10);
    expect(unlimited).toBeLessThan(30);
    expect(await call(apikey)).toBe(429);
  }, 120_000);

  it('follow a plan that an administrator changes', async () => {
    const policyId = await policy('application', 'Changing', 2, 'day');
    const apikey = await subscriber('Unlimited', 'Changing');
    expect((await sendCalls(apikey, 20)).served).toBe(2);
    const path = `${ADMIN}/throttling/policies/application/${policyId}`;
    await keybound.manage('admin', 'PUT', path, { policyName: 'Changing' });
    // Instances rely on what they read of a policy for five seconds.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect((await sendCalls(apikey, 20)).served).toBe(20);
  }, 60_000);
});
