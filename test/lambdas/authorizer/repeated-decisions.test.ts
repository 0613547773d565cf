import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGE_VARIABLES } from '../../../lambdas/contract/stage-variables.ts';
import { testAuthorizer, type ProtectedCall, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { PORTAL, portalUser, type PortalUser } from '../../support/portal-user.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let authorizer: TestAuthorizer;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  authorizer = testAuthorizer(harness);
});
afterAll(() => harness.close());

const repeated: ProtectedCall = {
  headers: { referer: 'https://www.example.com/' },
  stageVariables: { [STAGE_VARIABLES.freshness]: 'gateway:300' },
};
const atPetstore: ProtectedCall = { ...repeated, api: 'petstore' };

describe('a key that was there before its API got a gateway that repeats decisions', () => {
  it('works when all that it needs is looked at once', async () => {
    const { apikey } = await alice.generate(harness.apis.petstore);
    expect((await authorizer.present(apikey, atPetstore)).kind).toBe('allowed');
  });

  it('is refused with a referrer restriction, even from a permitted page', async () => {
    const { apikey } = await alice.generate(harness.apis.petstore, {
      additionalProperties: { permittedReferer: 'www.example.com/*' },
    });
    const strict: ProtectedCall = { ...atPetstore, stageVariables: {} };
    expect((await authorizer.present(apikey, strict)).kind).toBe('allowed');
    expect(await authorizer.reasonOf(apikey, atPetstore)).toBe('mode_unenforceable');
  });

  it('is refused with the limit of a plan or an application, until neither has one', async () => {
    const { pizza } = harness.apis;
    const applicationId = await alice.application({ name: 'Old', throttlingPolicy: '50PerMin' });
    const subscriptionId = await alice.subscribe(applicationId, pizza, 'Gold');
    const { keyUUID, apikey } = await alice.generate(pizza);
    await alice.associate(pizza, keyUUID, applicationId);
    expect(await authorizer.reasonOf(apikey, repeated)).toBe('mode_unenforceable');
    const put = (path: string, body: object) => alice.send({ method: 'PUT', path: `${PORTAL}${path}`, body });
    const plan = { applicationId, apiId: pizza, throttlingPolicy: 'Unlimited' };
    await put(`/subscriptions/${subscriptionId}`, plan);
    expect(await authorizer.reasonOf(apikey, repeated)).toBe('mode_unenforceable');
    await put(`/applications/${applicationId}`, { name: 'Old', throttlingPolicy: 'Unlimited' });
    expect((await authorizer.present(apikey, repeated)).kind).toBe('allowed');
  });
});
