import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { PORTAL, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { publisherUser } from '../../support/publisher-user.ts';
import { storeRefusal } from '../../support/stored-refusals.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let pizza: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  ({ pizza } = harness.apis);
});
afterAll(() => harness.close());

const Refusals = z.object({ list: z.array(z.looseObject({ requestId: z.string(), reason: z.string() })) });

/** As API Gateway makes them. */
function newRequestId(): string {
  return randomBytes(11).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

const mentioning = (text: string): unknown => expect.stringContaining(text);

const ownedBy = (name: string) => ({ owner: `sub-${name}` });

describe('a refusal', () => {
  it('is told to the owner of the key: what was seen, which rule decided, what to change', async () => {
    const { keyUUID } = await alice.generate(pizza, {
      keyName: 'Office',
      additionalProperties: { permittedIP: '192.0.2.0/24, 2001:db8::/32', permittedReferer: '' },
    });
    const { requestId } = await storeRefusal(harness, 'address_forbidden', {
      requestId: newRequestId(),
      keyUUID,
      ...ownedBy('alice'),
    });
    const answer = await alice.get(`/refusals/${requestId}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      requestId,
      time: new Date(harness.time.now).toISOString(),
      reason: 'address_forbidden',
      code: '900908',
      status: 403,
      message: 'Resource forbidden',
      description: 'The API key cannot be used from this IP address.',
      whatToChange: mentioning('permittedIP'),
      seen: {
        apiId: pizza,
        apiName: 'PizzaShackAPI',
        apiVersion: '1.0.0',
        environment: 'PRODUCTION',
        sourceIp: '198.51.100.7',
        referrer: null,
      },
      key: { keyUUID, keyName: 'Office', keyType: 'PRODUCTION', status: 'ACTIVE' },
      applicationId: null,
      subscriptionId: null,
      policy: null,
      nextAccessTime: null,
      rule: 'The key permits 192.0.2.0/24, 2001:db8::/32.',
      ruleNote: mentioning('may have changed since'),
    });
  });

  it('by a limit names its policy and its next window', async () => {
    const { keyUUID } = await alice.generate(pizza);
    const { requestId } = await storeRefusal(harness, 'subscription_limit', {
      requestId: newRequestId(),
      keyUUID,
      ...ownedBy('alice'),
      policy: 'Gold',
      nextAccessAt: 1_767_268_860,
    });
    expect((await alice.get(`/refusals/${requestId}`)).json).toMatchObject({
      code: '900804',
      status: 429,
      policy: 'Gold',
      nextAccessTime: '2026-01-01T12:01:00.000Z',
      rule: 'The limit is that of the policy Gold; its next window begins at 2026-01-01T12:01:00.000Z.',
    });
  });

  it('by a subscription says how it is now', async () => {
    const applicationId = await alice.application();
    const subscriptionId = await alice.subscribe(applicationId, pizza);
    const { keyUUID } = await alice.generate(pizza);
    await alice.associate(pizza, keyUUID, applicationId);
    const { requestId } = await storeRefusal(harness, 'subscription_blocked', {
      requestId: newRequestId(),
      keyUUID,
      ...ownedBy('alice'),
      applicationId,
      subscriptionId,
    });
    const ruleNow = async () => {
      const answer = await alice.get(`/refusals/${requestId}`);
      return succeeded(answer, z.object({ rule: z.string().nullable() })).rule;
    };
    expect(await ruleNow()).toBe('The subscription, with the plan Gold, is UNBLOCKED.');
    const publisher = publisherUser(harness);
    await publisher.decide('block', subscriptionId);
    expect(await ruleNow()).toBe('The subscription, with the plan Gold, is BLOCKED.');
    // The block is one of the owner: it would outlive the subscription.
    await publisher.post('/standing-decisions/lift', { apiId: pizza, ...ownedBy('alice') });
    expect(await ruleNow()).toBe('The subscription, with the plan Gold, is UNBLOCKED.');
  });

  it('can be looked up after the key was revoked, and once the key is gone', async () => {
    const { keyUUID } = await alice.generate(pizza);
    const { requestId } = await storeRefusal(harness, 'key_revoked', {
      requestId: newRequestId(),
      keyUUID,
      ...ownedBy('alice'),
    });
    await alice.onKey(pizza, 'revoke', { keyUUID });
    expect((await alice.get(`/refusals/${requestId}`)).json).toMatchObject({
      key: { keyUUID, status: 'REVOKED' },
      rule: 'The key is REVOKED.',
    });
    expect((await alice.get(`/apis/${pizza}/api-keys/${keyUUID}/refusals`)).json).toMatchObject({ count: 1 });

    const gone = await storeRefusal(harness, 'key_expired', {
      requestId: newRequestId(),
      keyUUID: '00000000-0000-4000-8000-000000000000',
      ...ownedBy('alice'),
    });
    expect((await alice.get(`/refusals/${gone.requestId}`)).json).toMatchObject({ key: null, rule: null });
  });

  it.each(['short', 'a'.repeat(65), 'JKJaXmPLvHcE+/A=', 'JKJaXmPLvHcE%00A', 'JKJaXmPLvHcE A='])(
    'is not looked for by %j, which no gateway gives',
    async (requestId) => {
      expect((await alice.get(`/refusals/${requestId}`)).status).toBe(404);
    },
  );
});

describe('the refusals of a key', () => {
  it('are listed latest first, in pages', async () => {
    const { keyUUID } = await alice.generate(pizza);
    const made: string[] = [];
    for (const reason of ['application_missing', 'environment_mismatch', 'key_suspended'] as const) {
      harness.time.now += 1_000;
      const { requestId } = await storeRefusal(harness, reason, {
        requestId: newRequestId(),
        keyUUID,
        ...ownedBy('alice'),
      });
      made.unshift(requestId);
    }
    const path = `/apis/${pizza}/api-keys/${keyUUID}/refusals`;
    const all = succeeded(await alice.get(path), Refusals);
    expect(all.list.map(({ requestId }) => requestId)).toEqual(made);
    const [first] = all.list;
    expect(first).toEqual((await alice.get(`/refusals/${made[0] ?? ''}`)).json);
    expect((await alice.get(path, { limit: '1', offset: '1' })).json).toMatchObject({
      count: 1,
      list: [{ requestId: made[1], reason: 'environment_mismatch' }],
      pagination: {
        next: `${PORTAL}${path}?limit=1&offset=2`,
        previous: `${PORTAL}${path}?limit=1&offset=0`,
      },
    });
    // A key that is refused all day has more of them than one answer could read through.
    expect((await alice.get(path, { offset: '10000' })).status).toBe(200);
    expect((await alice.get(path, { offset: '10001' })).status).toBe(400);
  });

  it('of an application tell for each the API that was called', async () => {
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, pizza);
    const keys = `/applications/${applicationId}/api-keys/PRODUCTION`;
    const generated = await alice.post(`${keys}/generate`, {});
    const { keyUUID } = succeeded(generated, z.object({ keyUUID: z.string() }));
    for (const apiId of [pizza, harness.apis.petstore]) {
      harness.time.now += 1_000;
      await storeRefusal(harness, 'subscription_missing', {
        requestId: newRequestId(),
        keyUUID,
        apiId,
        ...ownedBy('alice'),
      });
    }
    expect((await alice.get(`${keys}/${keyUUID}/refusals`)).json).toMatchObject({
      list: [
        {
          seen: { apiName: 'Petstore' },
          rule: 'The application of the key has no subscription to the API.',
        },
        {
          seen: { apiName: 'PizzaShackAPI' },
          rule: 'The subscription, with the plan Gold, is UNBLOCKED.',
        },
      ],
    });
    const elsewhere = [
      `/applications/${applicationId}/api-keys/SANDBOX/${keyUUID}/refusals`,
      `/applications/${await alice.application()}/api-keys/PRODUCTION/${keyUUID}/refusals`,
      `/apis/${pizza}/api-keys/${keyUUID}/refusals`,
    ];
    for (const path of elsewhere) expect((await alice.get(path)).status).toBe(404);
  });
});

describe('who may see a refusal', () => {
  let keyUUID: string;
  let known: string;
  let unknown: string;

  beforeAll(async () => {
    ({ keyUUID } = await alice.generate(pizza));
    const ofKey = { requestId: newRequestId(), keyUUID, ...ownedBy('alice') };
    known = (await storeRefusal(harness, 'application_missing', ofKey)).requestId;
    unknown = (await storeRefusal(harness, 'key_unknown', { requestId: newRequestId() })).requestId;
  });

  const paths = () => [`/refusals/${known}`, `/apis/${pizza}/api-keys/${keyUUID}/refusals`];
  const ask = (send: ReturnType<ManagementHarness['as']>, path: string) => send({ path: `${PORTAL}${path}` });

  it('is its owner; another developer is told what is told of one that does not exist', async () => {
    const bob = harness.as('bob');
    const nothing = [`/refusals/${newRequestId()}`, `/apis/${pizza}/api-keys/${pizza}/refusals`];
    for (const [index, path] of paths().entries()) {
      expect((await ask(harness.as('alice'), path)).status).toBe(200);
      const answer = await ask(bob, path);
      expect(answer.status).toBe(404);
      expect(answer.text).toBe((await ask(bob, nothing[index] ?? '')).text);
    }
  });

  it('is any administrator, who need not be a developer, also of a call without a known key', async () => {
    const administrator = harness.as('ada', 'administrator');
    for (const path of [...paths(), `/refusals/${unknown}`]) {
      expect((await ask(administrator, path)).status).toBe(200);
    }
    expect((await ask(harness.as('alice'), `/refusals/${unknown}`)).status).toBe(404);
  });

  it('is no publisher', async () => {
    for (const path of paths()) {
      expect((await ask(harness.as('pat', 'publisher'), path)).status).toBe(403);
    }
  });

  it('gives an administrator no other right of a developer', async () => {
    const administrator = harness.as('ada', 'administrator');
    for (const path of ['/apis', '/applications', '/api-keys', `/apis/${pizza}/api-keys/${keyUUID}`]) {
      expect((await ask(administrator, path)).status).toBe(403);
    }
    const body = { keyUUID };
    const path = `${PORTAL}/apis/${pizza}/api-keys/suspend`;
    expect((await administrator({ method: 'POST', path, body })).status).toBe(403);
  });

  it('is a member of the group that owns the key, when acting for it', async () => {
    const member = harness.as('alice', 'developer', 'team');
    const headers = { 'x-keybound-group': 'team' };
    const generated = await member({
      method: 'POST',
      path: `${PORTAL}/apis/${pizza}/api-keys/generate`,
      headers,
      body: {},
    });
    const shared = succeeded(generated, z.object({ keyUUID: z.string() }));
    const { requestId } = await storeRefusal(harness, 'application_missing', {
      requestId: newRequestId(),
      keyUUID: shared.keyUUID,
      owner: 'group:team',
    });
    const teammate = harness.as('bob', 'developer', 'team');
    for (const path of [`/refusals/${requestId}`, `/apis/${pizza}/api-keys/${shared.keyUUID}/refusals`]) {
      expect((await teammate({ path: `${PORTAL}${path}`, headers })).status).toBe(200);
      expect((await teammate({ path: `${PORTAL}${path}` })).status).toBe(404);
      expect((await harness.as('eve')({ path: `${PORTAL}${path}`, headers })).status).toBe(403);
    }
  });
});
