import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import { testAuthorizer, type TestAuthorizer } from '../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../support/management-harness.ts';
import { PORTAL, portalUser, succeeded, type PortalUser } from '../support/portal-user.ts';

const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });

let harness: ManagementHarness;
let alice: PortalUser;
let authorizer: TestAuthorizer;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  authorizer = testAuthorizer(harness);
});
afterAll(() => harness.close());

const keysOf = (applicationId: string) => `/applications/${applicationId}/api-keys/PRODUCTION`;
const generate = async (applicationId: string, body: object = {}) =>
  succeeded(await alice.post(`${keysOf(applicationId)}/generate`, body), Issued);
const open = { api: 'petstore' } as const;
const kindOf = async (apikey: string) => (await authorizer.present(apikey, open)).kind;
const reasonOf = (apikey: string) => authorizer.reasonOf(apikey, open);

describe("an application's own key at an API that needs no subscription", () => {
  it('opens it without any, and no API that needs one', async () => {
    const { apikey } = await generate(await alice.application());
    expect(await kindOf(apikey)).toBe('allowed');
    expect(await authorizer.reasonOf(apikey, { api: 'pizza' })).toBe('subscription_missing');
  });

  it('is told apart from the key of another API, which stays refused', async () => {
    const { apikey } = await alice.generate(harness.apis.pizza);
    expect(await reasonOf(apikey)).toBe('api_mismatch');
  });

  it('is refused once it is suspended, replaced or revoked, or expires', async () => {
    const applicationId = await alice.application();
    const key = await generate(applicationId, { validityPeriod: 60 });
    const change = async (operation: string) =>
      succeeded(
        await alice.post(`${keysOf(applicationId)}/${operation}`, { keyUUID: key.keyUUID }),
        z.unknown(),
      );
    await change('suspend');
    expect(await reasonOf(key.apikey)).toBe('key_suspended');
    await change('resume');
    expect(await kindOf(key.apikey)).toBe('allowed');
    const newer = Issued.parse(await change('regenerate'));
    expect(await reasonOf(key.apikey)).toBe('key_regenerated');
    expect(await kindOf(newer.apikey)).toBe('allowed');
    harness.time.now += 60_000;
    expect(await reasonOf(newer.apikey)).toBe('key_expired');
    await change('revoke');
    expect(await reasonOf(newer.apikey)).toBe('key_revoked');
  });

  it('is refused in the other environment, from another address and from another page', async () => {
    const { apikey } = await generate(await alice.application(), {
      additionalProperties: { permittedIP: '192.0.2.0/24', permittedReferer: '*.example.com/*' },
    });
    const call = { ...open, sourceIp: '192.0.2.7', headers: { referer: 'https://www.example.com/' } };
    expect((await authorizer.present(apikey, call)).kind).toBe('allowed');
    expect(await authorizer.reasonOf(apikey, { ...call, environment: 'SANDBOX' })).toBe(
      'environment_mismatch',
    );
    expect(await authorizer.reasonOf(apikey, { ...call, sourceIp: '203.0.113.7' })).toBe('address_forbidden');
    expect(await authorizer.reasonOf(apikey, { ...call, headers: {} })).toBe('referrer_missing');
  });

  it('is refused by an API that repeats decisions, when it has a referrer restriction', async () => {
    const stageVariables = { [STAGE_VARIABLES.freshness]: 'gateway:300' };
    const applicationId = await alice.application();
    const { apikey } = await generate(applicationId, {
      additionalProperties: { permittedReferer: '*.example.com/*' },
    });
    const call = { ...open, stageVariables, headers: { referer: 'https://www.example.com/' } };
    expect(await authorizer.reasonOf(apikey, call)).toBe('mode_unenforceable');
    const unrestricted = await generate(applicationId);
    expect((await authorizer.present(unrestricted.apikey, call)).kind).toBe('allowed');
  });

  it('is refused while the API is blocked', async () => {
    const { apikey } = await generate(await alice.application());
    const move = (action: string) =>
      harness.as(
        'pat',
        'publisher',
      )({
        method: 'POST',
        path: '/api/am/publisher/v4/apis/change-lifecycle',
        query: { action, apiId: harness.apis.petstore },
      });
    await move('Block');
    expect(await reasonOf(apikey)).toBe('api_blocked');
    await move('Re-Publish');
    expect(await kindOf(apikey)).toBe('allowed');
  });

  it('is refused once its application is deleted', async () => {
    const applicationId = await alice.application();
    const { apikey } = await generate(applicationId);
    await alice.send({ method: 'DELETE', path: `${PORTAL}/applications/${applicationId}` });
    expect(await reasonOf(apikey)).toBe('key_revoked');
  });

  it('still takes one read of the key', async () => {
    const reads: string[] = [];
    const counting = testAuthorizer(harness, {
      findCredential: (digest, apiId, freshness) => {
        reads.push(digest);
        return authorizer.dependencies.findCredential(digest, apiId, freshness);
      },
      readPolicy: () => Promise.reject(new Error('no limit is looked at')),
      readApplicationPolicy: () => Promise.reject(new Error('no application is looked at')),
    });
    const { apikey } = await generate(await alice.application());
    expect((await counting.present(apikey, open)).kind).toBe('allowed');
    expect(reads).toHaveLength(1);
  });
});
