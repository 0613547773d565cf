import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import type { ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, type PortalUser } from '../../support/portal-user.ts';
import { readTable } from '../../support/table-contents.ts';
import { mentioning, openDryRuns, type DryRun, type DryRuns } from './dry-runs.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let dryRun: DryRuns['dryRun'];
let subscribedKey: DryRuns['subscribedKey'];
let authorizer: TestAuthorizer;
let pizza: string;

beforeAll(async () => {
  ({ harness, alice, dryRun, subscribedKey } = await openDryRuns());
  authorizer = testAuthorizer(harness);
  ({ pizza } = harness.apis);
});
afterAll(() => harness.close());

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
  const stepOf = ({ steps }: DryRun) => steps.find(({ check }) => check === 'limits');

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
  for (const a of as) {
    for (const b of bs) for (const c of cs) for (const d of ds) for (const e of es) yield [a, b, c, d, e];
  }
}
