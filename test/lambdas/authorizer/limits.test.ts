import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKey, COUNTER_PARTITION_PREFIX } from '../../../lambdas/platform/dynamodb/keys.ts';
import { writeAll } from '../../../lambdas/platform/dynamodb/write-all.ts';
import { setAttributes } from '../../../lambdas/platform/dynamodb/writes.ts';
import { testAuthorizer, type Outcome, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
let alice: PortalUser;
let policies = 0;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  // All plans that there are.
  await writeAll(harness.table.store, [setAttributes(apiKey(harness.apis.pizza), { policies: undefined })]);
});
afterAll(() => harness.close());
beforeEach(() => {
  // At the beginning of an hour that no other test has counted in.
  harness.time.now = Math.ceil((harness.time.now + 1) / 3_600_000) * 3_600_000;
  authorizer = testAuthorizer(harness);
});

const limit = (requestCount: number, timeUnit = 'min', unitTime = 1) => ({
  defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount: { timeUnit, unitTime, requestCount } },
});

async function policy(level: 'subscription' | 'application', body: object): Promise<string> {
  policies += 1;
  const policyName = `Policy-${policies}`;
  const answer = await harness.as(
    'admin',
    'administrator',
  )({
    method: 'POST',
    path: `${ADMIN}/throttling/policies/${level}`,
    body: { policyName, ...body },
  });
  succeeded(answer, z.unknown());
  return policyName;
}

interface Subscriber {
  readonly applicationId: string;
  readonly value: string;
}

/** A key of PizzaShack in an application with these policies. */
async function subscriber(plan: object, ofApplication?: object, more: object = {}): Promise<Subscriber> {
  const throttlingPolicy =
    ofApplication === undefined ? 'Unlimited' : await policy('application', ofApplication);
  const applicationId = await alice.application({ throttlingPolicy });
  await alice.subscribe(applicationId, harness.apis.pizza, await policy('subscription', plan));
  return { applicationId, value: await keyOf(applicationId, more) };
}

async function keyOf(applicationId: string, more: object = {}): Promise<string> {
  const { keyUUID, apikey } = await alice.generate(harness.apis.pizza, more);
  await alice.associate(harness.apis.pizza, keyUUID, applicationId);
  return apikey;
}

const reasonOf = (outcome: Outcome) =>
  outcome.kind === 'forbidden'
    ? z.object({ reason: z.string() }).parse(outcome.context).reason
    : outcome.kind;

/** How calls with values one after the other ended. */
async function outcomes(...values: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const value of values) found.push(reasonOf(await authorizer.present(value)));
  return found;
}

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
      policy: `Policy-${policies}`,
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

describe('burst control', () => {
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

describe('a counter that does not answer', () => {
  const dynamo = () => mockClient(harness.table.client);
  let mock: ReturnType<typeof dynamo> | undefined;
  afterEach(() => mock?.restore());

  /** Lets the counters fail, and nothing else. */
  function failCounters(): void {
    const { client } = harness.table;
    const send = client.send.bind(client);
    mock = dynamo();
    mock.on(UpdateItemCommand).rejects(new Error('the counter is away'));
    mock.on(GetItemCommand).callsFake((input: object) => {
      mock?.restore();
      const answer = send(new GetItemCommand(z.custom<GetItemCommand['input']>().parse(input)));
      failCounters();
      return answer;
    });
  }

  it('refuses by default', async () => {
    const { value } = await subscriber(limit(5));
    failCounters();
    expect(await outcomes(value)).toEqual(['limit_unknown']);
    expect(authorizer.logged).toMatchObject([
      { level: 'WARN', type: 'limits_unavailable', onCounterFailure: 'REFUSE', policy: `Policy-${policies}` },
      { type: 'refusal', reason: 'limit_unknown', status: 503 },
    ]);
  });

  it('lets calls through where the policy says so, and the grant and the log say that they were not counted', async () => {
    const { value } = await subscriber({ ...limit(1), onCounterFailure: 'ADMIT' });
    failCounters();
    for (let call = 0; call < 3; call += 1) {
      expect(await authorizer.present(value)).toMatchObject({
        kind: 'allowed',
        context: { limits: 'unknown' },
      });
    }
    expect(authorizer.logged).toMatchObject(
      Array.from({ length: 3 }, () => ({ type: 'limits_unavailable', onCounterFailure: 'ADMIT' })),
    );
  });

  it('refuses when only one of two policies lets calls through', async () => {
    const { value } = await subscriber({ ...limit(1), onCounterFailure: 'ADMIT' }, limit(5));
    failCounters();
    expect(await outcomes(value)).toEqual(['limit_unknown']);
  });
});

describe('what is not there', () => {
  it('makes no decision: a policy that vanished is a fault', async () => {
    const { value } = await subscriber(limit(5));
    const lost = testAuthorizer(harness, { readPolicy: () => Promise.resolve(undefined) });
    expect((await lost.present(value)).kind).toBe('failed');
  });

  it('refuses: an application that is being deleted', async () => {
    const { value } = await subscriber(limit(5));
    const lost = testAuthorizer(harness, { readApplicationPolicy: () => Promise.resolve(undefined) });
    expect(reasonOf(await lost.present(value))).toBe('application_missing');
  });

  it('is found again each time: a finite limit is refused where the gateway repeats decisions', async () => {
    const { value } = await subscriber(limit(5));
    const outcome = await authorizer.present(value, { stageVariables: { keyboundFreshness: 'gateway:60' } });
    expect(reasonOf(outcome)).toBe('mode_unenforceable');
  });
});
