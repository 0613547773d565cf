import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { COUNTER_PARTITION_PREFIX } from '../../../lambdas/platform/dynamodb/keys.ts';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import type { ManagementHarness } from '../../support/management-harness.ts';
import type { PortalUser } from '../../support/portal-user.ts';
import { readTable } from '../../support/table-contents.ts';
import {
  lastPolicy,
  limit,
  openLimitedCalls,
  outcomesOf,
  reasonOf,
  type LimitedCalls,
} from './limited-calls.ts';

let limited: LimitedCalls;
let harness: ManagementHarness;
let alice: PortalUser;
let policy: LimitedCalls['policy'];
let subscriber: LimitedCalls['subscriber'];
let keyOf: LimitedCalls['keyOf'];
let authorizer: TestAuthorizer;

beforeAll(async () => {
  limited = await openLimitedCalls();
  ({ harness, alice, policy, subscriber, keyOf } = limited);
});
afterAll(() => harness.close());
beforeEach(() => {
  authorizer = limited.anew();
});

const outcomes = (...values: readonly string[]) => outcomesOf(authorizer, values);

describe('a limit of a business plan', () => {
  it('admits its calls in a window, refuses more with the next time of access, and begins anew', async () => {
    const { value } = await subscriber(limit(3));
    const start = harness.time.now;
    harness.time.now = start + 20_000;
    expect(await outcomes(value, value, value, value)).toEqual([
      'allowed',
      'allowed',
      'allowed',
      'subscription_limit',
    ]);
    expect(authorizer.logged.at(-1)).toMatchObject({
      type: 'refusal',
      reason: 'subscription_limit',
      code: '900804',
      status: 429,
      policy: lastPolicy(),
      nextAccessAt: start / 1000 + 60,
    });
    harness.time.now = start + 59_999;
    expect(await outcomes(value)).toEqual(['subscription_limit']);
    harness.time.now = start + 60_000;
    expect(await outcomes(value)).toEqual(['allowed']);
  });

  it('goes on where it was when the application subscribes anew', async () => {
    const applicationId = await alice.application();
    const plan = await policy('subscription', limit(2));
    const subscriptionId = await alice.subscribe(applicationId, harness.apis.pizza, plan);
    const value = await keyOf(applicationId);
    expect(await outcomes(value, value, value)).toEqual(['allowed', 'allowed', 'subscription_limit']);
    const path = `/api/am/devportal/v3/subscriptions/${subscriptionId}`;
    expect((await alice.send({ method: 'DELETE', path })).status).toBe(200);
    expect(await outcomes(value)).toEqual(['subscription_missing']);
    await alice.subscribe(applicationId, harness.apis.pizza, plan);
    expect(await outcomes(value)).toEqual(['subscription_limit']);
  });

  it('goes on where it was under another plan, also when that writes a minute as 60 seconds', async () => {
    const [applicationId, apiId] = [await alice.application(), harness.apis.pizza];
    const subscriptionId = await alice.subscribe(
      applicationId,
      apiId,
      await policy('subscription', limit(2)),
    );
    const value = await keyOf(applicationId);
    expect(await outcomes(value, value)).toEqual(['allowed', 'allowed']);
    const body = {
      applicationId,
      apiId,
      throttlingPolicy: await policy('subscription', limit(3, 'sec', 60)),
    };
    const path = `/api/am/devportal/v3/subscriptions/${subscriptionId}`;
    expect((await alice.send({ method: 'PUT', path, body })).status).toBe(200);
    expect(await outcomes(value, value)).toEqual(['allowed', 'subscription_limit']);
  });

  it('counts all keys of the subscription together, at every instance', async () => {
    const { applicationId, value } = await subscriber(limit(4));
    const second = await keyOf(applicationId);
    expect(await outcomes(value, second)).toEqual(['allowed', 'allowed']);
    authorizer = testAuthorizer(harness);
    expect(await outcomes(second, value, second)).toEqual(['allowed', 'allowed', 'subscription_limit']);
  });

  it.each([
    ['sec', 1, 1],
    ['min', 5, 300],
    ['hour', 1, 3_600],
    ['day', 1, 86_400],
  ])('is counted by %s × %i', async (timeUnit, unitTime, seconds) => {
    const { value } = await subscriber(limit(1, timeUnit, unitTime));
    harness.time.now = Math.ceil(harness.time.now / (seconds * 1000)) * seconds * 1000;
    expect(await outcomes(value, value)).toEqual(['allowed', 'subscription_limit']);
    harness.time.now += seconds * 1000 - 1;
    expect(await outcomes(value)).toEqual(['subscription_limit']);
    harness.time.now += 1;
    expect(await outcomes(value)).toEqual(['allowed']);
  });

  it('is counted by calendar month', async () => {
    const { value } = await subscriber(limit(1, 'month'));
    harness.time.now = Date.parse('2027-02-10T12:00:00Z');
    expect(await outcomes(value, value)).toEqual(['allowed', 'subscription_limit']);
    harness.time.now = Date.parse('2027-02-28T23:59:59.999Z');
    expect(await outcomes(value)).toEqual(['subscription_limit']);
    harness.time.now = Date.parse('2027-03-01T00:00:00Z');
    expect(await outcomes(value)).toEqual(['allowed']);
  });

  it('only counts where its policy says so, and the grant tells', async () => {
    const { value } = await subscriber({ ...limit(1), stopOnQuotaReach: false });
    expect(await outcomes(value)).toEqual(['allowed']);
    expect(await authorizer.present(value)).toMatchObject({
      kind: 'allowed',
      context: { limits: 'exceeded' },
    });
  });

  it('spends nothing on a call that something else refuses', async () => {
    const { value } = await subscriber(limit(2), undefined, {
      additionalProperties: { permittedIP: '198.51.100.7' },
    });
    for (let call = 0; call < 5; call += 1) {
      expect(reasonOf(await authorizer.present(value, { sourceIp: '198.51.100.8' }))).toBe(
        'address_forbidden',
      );
    }
    expect(await outcomes(value, value, value)).toEqual(['allowed', 'allowed', 'subscription_limit']);
  });

  it('does not hold for an API that needs no subscription', async () => {
    const { apikey, keyUUID } = await alice.generate(harness.apis.petstore);
    const applicationId = await alice.application({
      throttlingPolicy: await policy('application', limit(1)),
    });
    await alice.associate(harness.apis.petstore, keyUUID, applicationId);
    for (let call = 0; call < 3; call += 1) {
      expect(await authorizer.present(apikey, { api: 'petstore' })).toMatchObject({
        kind: 'allowed',
        context: { limits: 'none' },
      });
    }
  });

  it('leaves counters that delete themselves an hour after their window', async () => {
    const { value } = await subscriber(limit(1));
    await outcomes(value);
    const counters = (await readTable(harness.table.store)).filter(
      ({ pk, used }) => pk.startsWith(COUNTER_PARTITION_PREFIX) && used === 1,
    );
    expect(counters.at(-1)).toHaveProperty('ttl');
    expect(counters.map(({ ttl }) => ttl)).toContain(harness.time.now / 1000 + 60 + 3_600);
  });
});

describe('a limit of an application', () => {
  it('holds for all its subscriptions and keys together, and is named as such', async () => {
    const { applicationId, value } = await subscriber({}, limit(2));
    const second = await keyOf(applicationId);
    expect(await outcomes(value, second, value)).toEqual(['allowed', 'allowed', 'application_limit']);
    expect(authorizer.logged.at(-1)).toMatchObject({ code: '900803', status: 429 });
  });

  it('that refuses takes nothing out of the plan', async () => {
    const { applicationId, value } = await subscriber(limit(3), limit(1));
    expect(await outcomes(value, value, value)).toEqual([
      'allowed',
      'application_limit',
      'application_limit',
    ]);
    const application = await alice.get(`/applications/${applicationId}`);
    const sent = z.looseObject({ name: z.string() }).parse(application.json);
    const changed = await alice.send({
      method: 'PUT',
      path: `/api/am/devportal/v3/applications/${applicationId}`,
      body: { name: sent.name, throttlingPolicy: 'Unlimited' },
    });
    expect(changed.status).toBe(200);
    expect(await outcomes(value, value, value)).toEqual(['allowed', 'allowed', 'subscription_limit']);
  });
});

describe('the burst control of a plan', () => {
  it('refuses what comes within a second, long before the plan is used up', async () => {
    const { value } = await subscriber({ ...limit(100), rateLimitCount: 2, rateLimitTimeUnit: 'sec' });
    expect(await outcomes(value, value, value)).toEqual(['allowed', 'allowed', 'burst_limit']);
    expect(authorizer.logged.at(-1)).toMatchObject({
      code: '900807',
      status: 429,
      nextAccessAt: harness.time.now / 1000 + 1,
    });
    harness.time.now += 1_000;
    expect(await outcomes(value)).toEqual(['allowed']);
  });

  it('holds also where the plan only counts, and where it has no limit', async () => {
    const burst = { rateLimitCount: 1, rateLimitTimeUnit: 'min' };
    const counting = await subscriber({ ...limit(1), stopOnQuotaReach: false, ...burst });
    expect(await outcomes(counting.value, counting.value)).toEqual(['allowed', 'burst_limit']);
    const only = await subscriber(burst);
    expect(await outcomes(only.value, only.value)).toEqual(['allowed', 'burst_limit']);
  });
});
