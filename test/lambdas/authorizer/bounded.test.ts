import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STAGE_VARIABLES } from '../../../lambdas/contract/stage-variables.ts';
import { testAuthorizer, type ProtectedCall, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser, type Issued, type PortalUser } from '../../support/portal-user.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
let alice: PortalUser;
let key: Issued;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
});
afterAll(() => harness.close());
beforeEach(async () => {
  authorizer = testAuthorizer(harness);
  key = await alice.generate(harness.apis.petstore, { validityPeriod: 3_600 });
});

const BOUND_SECONDS = 30;
const bounded = (more: ProtectedCall = {}): ProtectedCall => ({
  api: 'petstore',
  ...more,
  stageVariables: { [STAGE_VARIABLES.freshness]: `bounded:${BOUND_SECONDS}` },
});
const reason = (more?: ProtectedCall) => authorizer.reasonOf(key.apikey, bounded(more));
const kind = async () => (await authorizer.present(key.apikey, bounded())).kind;
const onKey = async (operation: string, more: object = {}) => {
  const answer = await alice.onKey(harness.apis.petstore, operation, { keyUUID: key.keyUUID, ...more });
  expect(answer.status).toBe(200);
};

describe('an API that is fresh within a bound', () => {
  it('refuses a revoked key when the bound is over, and not one call later', async () => {
    expect(await kind()).toBe('allowed');
    await onKey('revoke');
    harness.time.now += BOUND_SECONDS * 1000 - 1;
    expect(await kind()).toBe('allowed');
    harness.time.now += 1;
    expect(await reason()).toBe('key_revoked');
    expect(await reason()).toBe('key_revoked');
  });

  it('does not begin the bound anew with each call', async () => {
    expect(await kind()).toBe('allowed');
    await onKey('revoke');
    for (let second = 1; second < BOUND_SECONDS; second += 1) {
      harness.time.now += 1_000;
      expect(await kind()).toBe('allowed');
    }
    harness.time.now += 1_000;
    expect(await reason()).toBe('key_revoked');
  });

  it('decides anew about expiry, environment and addresses for each call', async () => {
    key = await alice.generate(harness.apis.petstore, {
      validityPeriod: 20,
      additionalProperties: { permittedIP: '198.51.100.7', permittedReferer: 'www.example.com/*' },
    });
    const page = { headers: { referer: 'https://www.example.com/' } };
    expect((await authorizer.present(key.apikey, bounded(page))).kind).toBe('allowed');
    expect(await reason({ ...page, sourceIp: '198.51.100.8' })).toBe('address_forbidden');
    expect(await reason()).toBe('referrer_missing');
    expect(await reason({ ...page, environment: 'SANDBOX' })).toBe('environment_mismatch');
    harness.time.now += 20_000;
    expect(await reason(page)).toBe('key_expired');
  });

  it('lets a key work at once that was refused: a refusal is never remembered', async () => {
    await onKey('suspend');
    expect(await reason()).toBe('key_suspended');
    await onKey('resume');
    expect(await kind()).toBe('allowed');
    // Also when what is remembered is the state before.
    await alice.send({
      method: 'PATCH',
      path: `/api/am/devportal/v3/apis/${harness.apis.petstore}/api-keys/${key.keyUUID}`,
      body: { additionalProperties: { permittedIP: '192.0.2.1' } },
    });
    harness.time.now += BOUND_SECONDS * 1000;
    expect(await reason()).toBe('address_forbidden');
    await alice.send({
      method: 'PATCH',
      path: `/api/am/devportal/v3/apis/${harness.apis.petstore}/api-keys/${key.keyUUID}`,
      body: { additionalProperties: { permittedIP: '' } },
    });
    expect(await kind()).toBe('allowed');
  });

  it('reads a key once a bound, and a key of a strict API for each call', async () => {
    let reads = 0;
    const { client } = harness.table;
    client.middlewareStack.add(
      (next) => (args) => {
        reads += JSON.stringify(args.input).includes('CREDENTIAL#') ? 1 : 0;
        return next(args);
      },
      { step: 'initialize', name: 'counting' },
    );
    try {
      for (let call = 0; call < 10; call += 1) await kind();
      expect(reads).toBe(1);
      for (let call = 0; call < 10; call += 1) await authorizer.present(key.apikey, { api: 'petstore' });
      expect(reads).toBe(11);
    } finally {
      client.middlewareStack.remove('counting');
    }
  });

  it('is strict where the stage variable says nothing that can be understood', async () => {
    for (const text of [
      'bounded:0',
      'bounded:301',
      'bounded:-1',
      'bounded',
      'Bounded:30',
      'bounded:30 ',
      '',
    ]) {
      const call = { api: 'petstore', stageVariables: { [STAGE_VARIABLES.freshness]: text } } as const;
      const fresh = await alice.generate(harness.apis.petstore);
      expect((await authorizer.present(fresh.apikey, call)).kind).toBe('allowed');
      await alice.onKey(harness.apis.petstore, 'revoke', { keyUUID: fresh.keyUUID });
      expect(await authorizer.reasonOf(fresh.apikey, call)).toBe('key_revoked');
    }
  });
});
