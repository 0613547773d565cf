import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ManagementHarness } from '../../support/management-harness.ts';
import { PORTAL, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { DryRun, mentioning, openDryRuns, type DryRuns } from './dry-runs.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let dryRun: DryRuns['dryRun'];
let subscribedKey: DryRuns['subscribedKey'];
let pizza: string;
let petstore: string;

beforeAll(async () => {
  ({ harness, alice, dryRun, subscribedKey } = await openDryRuns());
  ({ pizza, petstore } = harness.apis);
});
afterAll(() => harness.close());

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
        message: 'Resource forbidden',
        description: 'The API key cannot be used from this IP address.',
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
    expect(await reason()).toBe('subscription_production_blocked');
    // The block is one of the owner: it would outlive the subscription.
    await publish('/standing-decisions/lift', { apiId: pizza, owner: 'sub-alice' });
    expect(await reason()).toBeUndefined();
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
    const keys = `/applications/${applicationId}/api-keys/SANDBOX`;
    const generated = await alice.post(`${keys}/generate`, {});
    const { keyUUID } = succeeded(generated, z.object({ keyUUID: z.string() }));
    const run = (apiId: string, path = keys) => alice.post(`${path}/dry-run`, { keyUUID, apiId });
    expect(succeeded(await run(petstore), DryRun).allowed).toBe(true);
    expect(succeeded(await run(pizza), DryRun).refusal?.reason).toBe('subscription_missing');
    await alice.subscribe(applicationId, pizza);
    expect(succeeded(await run(pizza), DryRun).allowed).toBe(true);
    expect((await run(pizza)).json).toMatchObject({ call: { environment: 'SANDBOX' } });
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
