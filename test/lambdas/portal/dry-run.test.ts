import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let authorizer: TestAuthorizer;
let pizza: string;
let petstore: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  authorizer = testAuthorizer(harness);
  ({ pizza, petstore } = harness.apis);
});
afterAll(() => harness.close());

const DryRun = z.object({
  allowed: z.boolean(),
  refusal: z.object({ reason: z.string(), whatToChange: z.string() }).nullable(),
  steps: z.array(
    z.object({
      check: z.string(),
      outcome: z.string(),
      reason: z.string().nullable(),
      decides: z.boolean(),
      saw: z.record(z.string(), z.unknown()),
    }),
  ),
  warnings: z.array(z.string()),
});

async function dryRun(apiId: string, body: object, user = alice) {
  return succeeded(await user.onKey(apiId, 'dry-run', body), DryRun);
}

const mentioning = (text: string): unknown => expect.stringContaining(text);

/** The key of a subscribed application. */
async function subscribedKey(body: object = {}) {
  const applicationId = await alice.application();
  const subscriptionId = await alice.subscribe(applicationId, pizza);
  const key = await alice.generate(pizza, body);
  await alice.associate(pizza, key.keyUUID, applicationId);
  return { ...key, applicationId, subscriptionId };
}

describe('a dry run', () => {
  it('tells every check of a call that would be allowed, with what it looked at', async () => {
    const { keyUUID, applicationId, subscriptionId } = await subscribedKey({
      validityPeriod: 3_600,
      additionalProperties: { permittedIP: '192.0.2.0/24', permittedReferer: '*.example.com/*' },
    });
    const answer = await alice.onKey(pizza, 'dry-run', {
      keyUUID,
      sourceIp: '192.0.2.7',
      referrer: 'https://www.example.com/page',
    });
    const passed = { outcome: 'passed', reason: null, decides: false };
    expect(answer.json).toEqual({
      allowed: true,
      refusal: null,
      call: {
        apiId: pizza,
        apiName: 'PizzaShackAPI',
        environment: 'PRODUCTION',
        sourceIp: '192.0.2.7',
        referrer: 'https://www.example.com/page',
        time: '2026-01-01T12:00:00.000Z',
        value: 'current',
      },
      steps: [
        { ...passed, check: 'known key', saw: {} },
        { ...passed, check: 'revocation', saw: { status: 'ACTIVE' } },
        {
          ...passed,
          check: 'expiry',
          saw: { at: '2026-01-01T12:00:00.000Z', expires: '2026-01-01T13:00:00.000Z', replaced: null },
        },
        { ...passed, check: 'key binding', saw: { keyOf: pizza, called: pizza } },
        { ...passed, check: 'environment', saw: { keyType: 'PRODUCTION', called: 'PRODUCTION' } },
        { ...passed, check: 'lifecycle', saw: { lifecycle: 'PUBLISHED' } },
        {
          ...passed,
          check: 'subscription',
          saw: { required: true, applicationId, subscriptionId, status: 'UNBLOCKED' },
        },
        {
          ...passed,
          check: 'freshness mode',
          saw: { mode: 'strict', plan: 'Gold', permittedReferer: ['*.example.com/*'] },
        },
        {
          ...passed,
          check: 'IP address',
          saw: { permittedIP: ['192.0.2.0/24'], address: '192.0.2.7' },
        },
        {
          ...passed,
          check: 'referrer',
          saw: { permittedReferer: ['*.example.com/*'], referrer: 'https://www.example.com/page' },
        },
        { ...passed, check: 'limits', saw: { limits: [mentioning('subscription (Gold): 5000 of 5000')] } },
      ],
      warnings: [],
    });
  });

  it('names the check that decides, the refusal and what to change', async () => {
    const { keyUUID } = await alice.generate(petstore, {
      additionalProperties: { permittedIP: '192.0.2.0/24', permittedReferer: '' },
    });
    const answer = await alice.onKey(petstore, 'dry-run', { keyUUID, sourceIp: '203.0.113.1' });
    expect(answer.json).toMatchObject({
      allowed: false,
      refusal: {
        reason: 'address_forbidden',
        code: '900908',
        status: 403,
        message: 'Access forbidden for the invocations',
        description: 'The API key may not be used from this IP address.',
        whatToChange: mentioning('permittedIP'),
      },
    });
    const { steps } = succeeded(answer, DryRun);
    expect(steps.filter(({ decides }) => decides)).toMatchObject([
      { check: 'IP address', outcome: 'refused', reason: 'address_forbidden' },
    ]);
  });

  it('looks at the environment, the time and the value that it is asked about', async () => {
    const { keyUUID } = await alice.generate(petstore, { validityPeriod: 3_600 });
    const sandbox = await dryRun(petstore, { keyUUID, environment: 'SANDBOX' });
    expect(sandbox.refusal?.reason).toBe('environment_mismatch');
    for (const time of ['2026-01-01T13:00:00Z', Date.parse('2026-01-01T13:00:00Z')]) {
      const late = await dryRun(petstore, { keyUUID, time });
      expect(late.refusal?.reason).toBe('key_expired');
      expect(late.warnings.join()).toContain('as they are now');
    }
    expect((await dryRun(petstore, { keyUUID, time: '2026-01-01T12:59:59Z' })).allowed).toBe(true);

    const none = await alice.onKey(petstore, 'dry-run', { keyUUID, value: 'previous' });
    expect(none.status).toBe(400);
    expect(none.text).toContain('value: must be current');
    await alice.onKey(petstore, 'regenerate', { keyUUID, gracePeriod: 60 });
    expect((await dryRun(petstore, { keyUUID, value: 'previous' })).allowed).toBe(true);
    const ended = await dryRun(petstore, { keyUUID, value: 'previous', time: harness.time.now + 60_000 });
    expect(ended.refusal?.reason).toBe('key_regenerated');
    expect((await dryRun(petstore, { keyUUID })).allowed).toBe(true);
  });

  it('sees a change of the key, its subscription or its API at once', async () => {
    const { keyUUID, subscriptionId } = await subscribedKey();
    const reason = async () => (await dryRun(pizza, { keyUUID })).refusal?.reason;
    expect(await reason()).toBeUndefined();
    const publish = (path: string, query: Record<string, string>) =>
      harness.as('pat', 'publisher')({ method: 'POST', path: `/api/am/publisher/v4${path}`, query });
    await publish('/subscriptions/block-subscription', { subscriptionId, blockState: 'PROD_ONLY_BLOCKED' });
    expect(await reason()).toBe('subscription_production_blocked');
    await publish('/apis/change-lifecycle', { action: 'Block', apiId: pizza });
    expect(await reason()).toBe('api_blocked');
    await publish('/apis/change-lifecycle', { action: 'Re-Publish', apiId: pizza });
    await alice.onKey(pizza, 'suspend', { keyUUID });
    expect(await reason()).toBe('key_suspended');
    await alice.onKey(pizza, 'revoke', { keyUUID });
    expect(await reason()).toBe('key_revoked');
  });

  it('takes any text for address and referrer that a request could have, and decides about it', async () => {
    const restricted = await alice.generate(petstore, {
      additionalProperties: { permittedIP: '192.0.2.0/24', permittedReferer: 'www.example.com/*' },
    });
    const { keyUUID } = restricted;
    for (const sourceIp of ['', 'localhost', '192.0.2.7, 10.0.0.1', '::ffff:192.0.2.300', 'x'.repeat(64)]) {
      expect((await dryRun(petstore, { keyUUID, sourceIp })).refusal?.reason).toBe('address_unknown');
    }
    for (const referrer of ['/page', 'javascript:alert(1)', 'https://u:p@www.example.com/', '%', 'a b']) {
      const { refusal } = await dryRun(petstore, { keyUUID, sourceIp: '192.0.2.7', referrer });
      expect(refusal?.reason).toBe('referrer_forbidden');
    }
    for (const wrong of [
      { sourceIp: 'x'.repeat(65) },
      { referrer: 'x'.repeat(4_097) },
      { sourceIp: 'a\nb' },
      { referrer: '\u0000' },
      { time: 'yesterday' },
      { time: -1 },
      { time: 1e15 },
      { time: 8.64e15 },
      { environment: 'production' },
      { apikey: restricted.apikey },
    ]) {
      const answer = await alice.onKey(petstore, 'dry-run', { keyUUID, ...wrong });
      expect([wrong, answer.status]).toEqual([wrong, 400]);
    }
  });
});

describe('the dry run of a key of an application', () => {
  it('is about the API that the body names', async () => {
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, pizza);
    const keys = `/applications/${applicationId}/api-keys/SANDBOX`;
    const generated = await alice.post(`${keys}/generate`, {});
    const { keyUUID } = succeeded(generated, z.object({ keyUUID: z.string() }));
    const run = (apiId: string, path = keys) => alice.post(`${path}/dry-run`, { keyUUID, apiId });
    expect(succeeded(await run(pizza), DryRun).allowed).toBe(true);
    expect((await run(pizza)).json).toMatchObject({ call: { environment: 'SANDBOX' } });
    expect(succeeded(await run(petstore), DryRun).refusal?.reason).toBe('subscription_missing');
    expect((await run('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await run(pizza, keys.replace('SANDBOX', 'PRODUCTION'))).status).toBe(404);
    expect((await alice.onKey(pizza, 'dry-run', { keyUUID })).status).toBe(404);
  });
});

describe('who may ask for a dry run', () => {
  it('is the owner and any administrator; for others there is no such key', async () => {
    const { keyUUID } = await alice.generate(petstore);
    const request = {
      method: 'POST',
      path: `${PORTAL}/apis/${petstore}/api-keys/dry-run`,
      body: { keyUUID },
    };
    expect((await harness.as('alice')(request)).status).toBe(200);
    expect((await harness.as('ada', 'administrator')(request)).status).toBe(200);
    expect((await harness.as('pat', 'publisher')(request)).status).toBe(403);
    const bobs = await harness.as('bob')(request);
    const nobodys = await harness.as('bob')({ ...request, body: { keyUUID: petstore } });
    expect([bobs.status, bobs.text]).toEqual([404, nobodys.text]);
    expect((await alice.onKey(pizza, 'dry-run', { keyUUID })).status).toBe(404);
  });

  it('is a member of the group that owns the key, when acting for it', async () => {
    const headers = { 'x-keybound-group': 'team' };
    const base = { method: 'POST', headers };
    const generated = await harness.as(
      'alice',
      'developer',
      'team',
    )({ ...base, path: `${PORTAL}/apis/${petstore}/api-keys/generate`, body: {} });
    const { keyUUID } = succeeded(generated, z.object({ keyUUID: z.string() }));
    const request = { ...base, path: `${PORTAL}/apis/${petstore}/api-keys/dry-run`, body: { keyUUID } };
    expect((await harness.as('bob', 'developer', 'team')(request)).status).toBe(200);
    expect((await harness.as('bob', 'developer', 'team')({ ...request, headers: {} })).status).toBe(404);
  });
});

describe('the dry run and the authorizer', () => {
  it('agree about every call of a table, and the dry run leaves the table as it is', async () => {
    const keys = await Promise.all([
      subscribedKey(),
      subscribedKey({ keyType: 'SANDBOX', additionalProperties: { permittedIP: '192.0.2.0/24' } }),
      subscribedKey({ validityPeriod: 60, additionalProperties: { permittedReferer: '*.example.com/*' } }),
      alice.generate(pizza),
    ]);
    const [first] = keys;
    await alice.onKey(pizza, 'suspend', { keyUUID: first.keyUUID });
    const now = harness.time.now;
    const before = await readTable(harness.table.store);
    const calls = [
      ...combinations(
        keys,
        ['PRODUCTION', 'SANDBOX'] as const,
        ['192.0.2.7', '198.51.100.7'],
        [undefined, 'https://www.example.com/', 'https://example.com/'],
        [0, 59_000, 60_000],
      ),
    ];
    const imagined: (string | undefined)[] = [];
    for (const [key, environment, sourceIp, referrer, later] of calls) {
      const { refusal } = await dryRun(pizza, {
        keyUUID: key.keyUUID,
        environment,
        sourceIp,
        time: now + later,
        ...(referrer !== undefined && { referrer }),
      });
      imagined.push(refusal?.reason);
    }
    expect(await readTable(harness.table.store)).toEqual(before);

    const decided: unknown[] = [];
    for (const [key, environment, sourceIp, referrer, later] of calls) {
      harness.time.now = now + later;
      const headers: Record<string, string> = referrer === undefined ? {} : { referer: referrer };
      decided.push(await authorizer.reasonOf(key.apikey, { environment, sourceIp, headers }));
      harness.time.now = now;
    }
    expect(imagined).toEqual(decided);
    const seen = new Set(imagined.map((reason) => reason ?? 'allowed'));
    expect([...seen].toSorted()).toEqual([
      'address_forbidden',
      'allowed',
      'application_missing',
      'environment_mismatch',
      'key_expired',
      'key_suspended',
      'referrer_forbidden',
      'referrer_missing',
    ]);
  });
});

describe('the limits of a dry run', () => {
  const stepOf = ({ steps }: z.infer<typeof DryRun>) => steps.find(({ check }) => check === 'limits');

  it('are those of plan and application, with what is left of them now', async () => {
    const key = await subscribedKey();
    const before = await readTable(harness.table.store);
    const { allowed, steps } = await dryRun(pizza, { keyUUID: key.keyUUID });
    expect(allowed).toBe(true);
    expect(steps.at(-1)).toEqual({
      check: 'limits',
      outcome: 'passed',
      reason: null,
      decides: false,
      saw: { limits: [mentioning('subscription (Gold): 5000 of 5000 in 60 s left')] },
    });
    expect(await readTable(harness.table.store)).toEqual(before);

    expect((await authorizer.present(key.apikey)).kind).toBe('allowed');
    expect(stepOf(await dryRun(pizza, { keyUUID: key.keyUUID }))?.saw).toEqual({
      limits: [mentioning('4999 of 5000')],
    });
  });

  it('refuse once they are used up, until the next window, and only when all else lets the call through', async () => {
    const applicationId = await alice.application({ throttlingPolicy: '10PerMin' });
    await alice.subscribe(applicationId, pizza, 'Unlimited');
    const { keyUUID, apikey } = await alice.generate(pizza);
    await alice.associate(pizza, keyUUID, applicationId);
    for (let call = 0; call < 10; call += 1) {
      expect((await authorizer.present(apikey)).kind).toBe('allowed');
    }
    const limited = await dryRun(pizza, { keyUUID });
    expect(limited).toMatchObject({ allowed: false, refusal: { reason: 'application_limit' }, warnings: [] });
    expect(stepOf(limited)).toMatchObject({ outcome: 'refused', decides: true });
    expect(await authorizer.reasonOf(apikey)).toBe('application_limit');

    const elsewhere = await dryRun(pizza, { keyUUID, environment: 'SANDBOX' });
    expect(elsewhere.refusal?.reason).toBe('environment_mismatch');
    expect(stepOf(elsewhere)).toMatchObject({ outcome: 'not reached', decides: false });
    expect((await dryRun(pizza, { keyUUID, time: harness.time.now + 60_000 })).allowed).toBe(true);
  });

  it('are looked at for the latest time that can be asked about, in the longest of windows', async () => {
    const [policyName, requestCount] = ['Longest', { timeUnit: 'month', unitTime: 1_000, requestCount: 1 }];
    const body = { policyName, defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount } };
    const path = `${ADMIN}/throttling/policies/application`;
    expect((await harness.as('root', 'administrator')({ method: 'POST', path, body })).status).toBe(201);
    const applicationId = await alice.application({ throttlingPolicy: policyName });
    await alice.subscribe(applicationId, pizza, 'Gold');
    const { keyUUID } = await alice.generate(pizza);
    await alice.associate(pizza, keyUUID, applicationId);
    const latest = await dryRun(pizza, { keyUUID, time: 999_999_999_999_999 });
    expect(stepOf(latest)?.saw).toEqual({
      limits: [mentioning('subscription (Gold)'), mentioning('application (Longest): 1 of 1')],
    });
  });
});

/** Every choice of one of each. */
function* combinations<A, B, C, D, E>(
  ...[as, bs, cs, ds, es]: readonly [readonly A[], readonly B[], readonly C[], readonly D[], readonly E[]]
): Generator<readonly [A, B, C, D, E]> {
  for (const a of as)
    for (const b of bs) for (const c of cs) for (const d of ds) for (const e of es) yield [a, b, c, d, e];
}
