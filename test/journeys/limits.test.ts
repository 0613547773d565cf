import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ADMIN, PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const INSTANCES = 50;
/** More than instances, so that calls wait for an instance and none is idle. */
const CLIENTS = 150;
const LIMIT = 1_000;
const DEMAND = 10 * LIMIT;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

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

interface Answers {
  served: number;
  limited: number;
  /** On a busy machine a function may time out: its call may have been admitted and counted all the same. */
  failed: number;
}

/**
 * Sends so many calls to all instances, or fewer if their answers are enough.
 * @returns the answers, and over how many windows of this length they came.
 */
async function sendCalls(
  apikey: string,
  calls: number,
  windowMilliseconds: number,
  enough: (answers: Answers) => boolean = () => false,
) {
  const firstWindow = Math.floor(Date.now() / windowMilliseconds);
  const answers: Answers = { served: 0, limited: 0, failed: 0 };
  let left = calls;
  const client = async (): Promise<void> => {
    while (left > 0 && !enough(answers)) {
      left -= 1;
      const status = await call(apikey);
      answers[status === 200 ? 'served' : status === 429 ? 'limited' : 'failed'] += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { ...answers, windows: Math.floor(Date.now() / windowMilliseconds) - firstWindow + 1 };
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
    await untilWindowHas(150_000, HOUR);
    const nearlyAll = 0.95 * LIMIT;
    // What an instance holds of the limit is there for the calls that reach it later.
    const { served, limited, failed, windows } = await sendCalls(
      apikey,
      DEMAND,
      HOUR,
      (answers) => answers.limited >= LIMIT && answers.served + answers.failed >= nearlyAll,
    );
    expect(served).toBeLessThanOrEqual(LIMIT * windows);
    expect(served + failed).toBeGreaterThanOrEqual(nearlyAll);
    expect(limited).toBeGreaterThan(0);
  }, 320_000);

  it('admit exactly ten calls of an application in a minute', async () => {
    const apikey = await subscriber('Gold', '10PerMin');
    await untilWindowHas(30_000, MINUTE);
    // Calls that fail on a busy machine are made up for by others.
    const { served, limited, failed, windows } = await sendCalls(
      apikey,
      DEMAND,
      MINUTE,
      (answers) => answers.limited >= 150,
    );
    expect(served).toBeLessThanOrEqual(10 * windows);
    expect(served + failed).toBeGreaterThanOrEqual(10);
    expect(limited).toBeGreaterThan(0);
  }, 320_000);

  it('follow a plan that an administrator changes', async () => {
    const policyId = await policy('application', 'Changing', 2, 'day');
    const apikey = await subscriber('Unlimited', 'Changing');
    const before = await sendCalls(apikey, DEMAND, DAY, ({ limited }) => limited >= 18);
    expect(before.served).toBeLessThanOrEqual(2 * before.windows);
    expect(before.limited).toBeGreaterThan(0);
    const path = `${ADMIN}/throttling/policies/application/${policyId}`;
    await keybound.manage('admin', 'PUT', path, { policyName: 'Changing' });
    // Instances rely on what they read of a policy for five seconds.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    const after = await sendCalls(apikey, 20, DAY);
    expect(after.limited).toBe(0);
    expect(after.served).toBeGreaterThan(2);
  }, 320_000);
});
