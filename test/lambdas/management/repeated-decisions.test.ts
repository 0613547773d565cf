import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { registerGatewayModeApi } from '../../support/gateway-mode-api.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';

const REFERRER = { additionalProperties: { permittedReferer: 'www.example.com/*' } };
const ADDRESS = { additionalProperties: { permittedIP: '192.0.2.0/24' } };
const ROUNDS = 10;
const Issued = z.object({ keyUUID: z.string() });

let harness: ManagementHarness;
let alice: PortalUser;
/** Its gateway repeats decisions; the second wants a subscription. */
let open: string;
let subscribed: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  open = await registerGatewayModeApi(harness, 'Open');
  subscribed = await registerGatewayModeApi(harness, 'Subscribed', { requiresSubscription: true });
});
afterAll(() => harness.close());

const patch = (path: string, body: unknown) =>
  alice.send({ method: 'PATCH', path: `${PORTAL}${path}`, body });
const put = (path: string, body: unknown) => alice.send({ method: 'PUT', path: `${PORTAL}${path}`, body });
const subscribe = (applicationId: string, throttlingPolicy = 'Unlimited') =>
  alice.post('/subscriptions', { applicationId, apiId: subscribed, throttlingPolicy });
const ownKeys = (applicationId: string) => `/applications/${applicationId}/api-keys/PRODUCTION`;
const generateOwn = (applicationId: string, body: object) =>
  alice.post(`${ownKeys(applicationId)}/generate`, body);
const policyOf = async (applicationId: string, throttlingPolicy: string) =>
  put(`/applications/${applicationId}`, { name: `Policy of ${applicationId}`, throttlingPolicy });

describe('a key of an API whose gateway repeats decisions', () => {
  it.each([
    ['generated', (body: object) => alice.onKey(open, 'generate', body)],
    [
      'imported',
      (body: object) => alice.onKey(open, 'import', { apikey: 'made-elsewhere-0123456789', ...body }),
    ],
    [
      'changed',
      async (body: object) => patch(`/apis/${open}/api-keys/${(await alice.generate(open)).keyUUID}`, body),
    ],
  ])('cannot be %s with a referrer restriction, but with one on addresses', async (_, act) => {
    const refused = await act(REFERRER);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('Open 1.0.0 cannot enforce referrer restrictions');
    expect(refused.text).toContain('additionalProperties.permittedReferer');
    expect((await act(ADDRESS)).status).toBeLessThan(300);
  });

  it('that had one before the API got this mode keeps its name changeable, and can lose it', async () => {
    const api = await registerGatewayModeApi(harness, 'Later', { freshness: 'strict' });
    const { keyUUID } = await alice.generate(api, REFERRER);
    await registerGatewayModeApi(harness, 'Later');
    const path = `/apis/${api}/api-keys/${keyUUID}`;
    expect((await patch(path, { keyName: 'Renamed' })).status).toBe(200);
    expect((await patch(path, REFERRER)).status).toBe(400);
    expect((await patch(path, { additionalProperties: { permittedReferer: '' } })).status).toBe(200);
  });
});

describe('a subscription to an API whose gateway repeats decisions', () => {
  it('wants a plan without a limit', async () => {
    const refused = await subscribe(await alice.application(), 'Gold');
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('throttlingPolicy: must be Unlimited');
  });

  it('cannot get one with a limit later', async () => {
    const applicationId = await alice.application();
    const subscriptionId = await alice.subscribe(applicationId, subscribed, 'Unlimited');
    const change = (throttlingPolicy: string) =>
      put(`/subscriptions/${subscriptionId}`, { applicationId, apiId: subscribed, throttlingPolicy });
    expect((await change('Bronze')).status).toBe(400);
    expect((await change('Unlimited')).status).toBe(200);
  });

  it('wants an application without a limit', async () => {
    const applicationId = await alice.application({ throttlingPolicy: '10PerMin' });
    const refused = await subscribe(applicationId);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('Give the application the policy Unlimited first');
    expect((await policyOf(applicationId, 'Unlimited')).status).toBe(200);
    expect((await subscribe(applicationId)).status).toBe(201);
  });

  it('keeps the application from getting a limit', async () => {
    const applicationId = await alice.application();
    const subscriptionId = await alice.subscribe(applicationId, subscribed, 'Unlimited');
    const refused = await policyOf(applicationId, '50PerMin');
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('subscribes to Subscribed 1.0.0, which cannot enforce limits');
    await alice.send({ method: 'DELETE', path: `${PORTAL}/subscriptions/${subscriptionId}` });
    expect((await policyOf(applicationId, '50PerMin')).status).toBe(200);
  });

  it('does not go with referrer restrictions of keys of the application, whichever comes first', async () => {
    const first = await alice.application();
    await alice.subscribe(first, subscribed, 'Unlimited');
    expect((await generateOwn(first, REFERRER)).status).toBe(400);
    const { keyUUID } = succeeded(await generateOwn(first, ADDRESS), Issued);
    expect((await patch(`${ownKeys(first)}/${keyUUID}`, REFERRER)).status).toBe(400);

    const second = await alice.application();
    const named = succeeded(await generateOwn(second, { keyName: 'Widget', ...REFERRER }), Issued);
    const refused = await subscribe(second);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain("the application's own keys (Widget)");
    await patch(`${ownKeys(second)}/${named.keyUUID}`, { additionalProperties: { permittedReferer: '' } });
    expect((await subscribe(second)).status).toBe(201);
  });
});

describe('of two requests at the same time that do not go together', () => {
  /** How many of both succeeded, in each round. */
  async function together(
    prepare: () => Promise<readonly [() => Promise<{ status: number }>, () => Promise<{ status: number }>]>,
  ): Promise<readonly number[]> {
    const succeededBoth: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = await Promise.all((await prepare()).map((act) => act()));
      succeededBoth.push(answers.filter(({ status }) => status < 300).length);
    }
    return succeededBoth;
  }

  it('just one succeeds: a subscription, or a referrer restriction of a new key of the application', async () => {
    const counts = await together(async () => {
      const applicationId = await alice.application();
      return [() => subscribe(applicationId), () => generateOwn(applicationId, REFERRER)];
    });
    expect(counts).toEqual(Array(ROUNDS).fill(1));
  });

  it('just one succeeds: a subscription, or a referrer restriction that a key of the application gets', async () => {
    const counts = await together(async () => {
      const applicationId = await alice.application();
      const { keyUUID } = succeeded(await generateOwn(applicationId, {}), Issued);
      return [() => subscribe(applicationId), () => patch(`${ownKeys(applicationId)}/${keyUUID}`, REFERRER)];
    });
    expect(counts).toEqual(Array(ROUNDS).fill(1));
  });

  it('just one succeeds: a subscription, or a limit of the application', async () => {
    const counts = await together(async () => {
      const applicationId = await alice.application();
      return [() => subscribe(applicationId), () => policyOf(applicationId, '20PerMin')];
    });
    expect(counts).toEqual(Array(ROUNDS).fill(1));
  });
});

describe('the policies named Unlimited', () => {
  const Policies = z.object({ list: z.array(z.object({ policyId: z.string(), policyName: z.string() })) });
  const admin = (method: string, path: string, body?: unknown) =>
    harness.as('root', 'administrator')({ method, path: `${ADMIN}/throttling/policies/${path}`, body });
  const limit = {
    type: 'REQUESTCOUNTLIMIT',
    requestCount: { timeUnit: 'min', unitTime: 1, requestCount: 5 },
  };
  const burst = { rateLimitCount: 5, rateLimitTimeUnit: 'sec' };

  it.each(['subscription', 'application'])('never get a limit, and stay: the %s policy', async (level) => {
    const { list } = succeeded(await admin('GET', level), Policies);
    const id = list.find(({ policyName }) => policyName === 'Unlimited')?.policyId ?? '';
    const change = (more: object) =>
      admin('PUT', `${level}/${id}`, { policyName: 'Unlimited', description: 'No limit', ...more });
    expect((await change({ defaultLimit: limit })).status).toBe(400);
    expect((await change(burst)).status).toBe(400);
    expect((await change({})).status).toBe(200);
    expect((await admin('DELETE', `${level}/${id}`)).status).toBe(409);
    expect((await admin('POST', level, { policyName: 'Unlimited', defaultLimit: limit })).status).toBe(400);
    expect((await admin('POST', level, { policyName: 'Unlimited', ...burst })).status).toBe(400);
  });
});

describe('an API in the portal', () => {
  it.each([
    ['gateway:120', { mode: 'gateway', ttlSeconds: 120 }],
    ['bounded:30', { mode: 'bounded', seconds: 30 }],
    ['strict', { mode: 'strict' }],
  ])('tells its mode %s', async (freshness, shown) => {
    const api = await registerGatewayModeApi(harness, 'Shown', { freshness });
    expect((await alice.get(`/apis/${api}`)).json).toMatchObject({ freshness: shown });
  });
});
