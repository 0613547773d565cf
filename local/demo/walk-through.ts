import { ADMIN_BASE, PORTAL_BASE, PUBLISHER_BASE } from '../../lambdas/contract/api-paths.ts';
import { pick, type DemoTarget, type Narrator } from './narrator.ts';

/** The whole life of API keys, as a developer, her consumers and an administrator see it. */
export async function walkThrough(narrator: Narrator, target: DemoTarget): Promise<void> {
  const { chapter, manage, call } = narrator;
  const menu = `${target.gatewayUrl}/pizzashack/1.0.0/menu`;
  const sandboxMenu = `${target.sandboxUrl}/pizzashack/1.0.0/menu`;
  const pet = `${target.gatewayUrl}/v2/pet/10`;

  chapter('Alice looks for APIs');
  const apis = await manage('alice', `${PORTAL_BASE}/apis`, { expect: 200 });
  const pizza = pick.apiId(apis, 'PizzaShackAPI');
  const petstore = pick.apiId(apis, 'Petstore');
  const keys = `${PORTAL_BASE}/apis/${pizza}/api-keys`;

  chapter('She creates an application and subscribes it to PizzaShack');
  const application = pick.applicationId(
    await manage('alice', `${PORTAL_BASE}/applications`, {
      method: 'POST',
      body: { name: `Pizza finder ${Date.now()}`, throttlingPolicy: 'Unlimited' },
      expect: 201,
    }),
  );
  await manage('alice', `${PORTAL_BASE}/subscriptions`, {
    method: 'POST',
    body: { applicationId: application, apiId: pizza, throttlingPolicy: 'Gold' },
    expect: 201,
  });

  chapter('She generates a key; the answer is the only place where it is ever shown (masked here)');
  const generate = async (keyName: string, more: object = {}) => {
    const answer = await manage('alice', `${keys}/generate`, {
      method: 'POST',
      body: { keyName, ...more },
      expect: 200,
    });
    return pick.issuedKey(answer);
  };
  const associate = (keyUUID: string) =>
    manage('alice', `${keys}/associate`, {
      method: 'POST',
      body: { keyUUID, applicationUUID: application },
      expect: 200,
    });
  const key = await generate('Production key', { keyType: 'PRODUCTION', validityPeriod: 2_592_000 });

  chapter('PizzaShack wants a subscriber: the key alone is not enough, and the refusal says what is missing');
  await call(menu, { headers: { apikey: key.apikey }, expect: 403 });
  await associate(key.keyUUID);
  await manage('alice', keys, { expect: 200 });

  chapter('Now it opens the menu, sent as header or as query parameter');
  await call(menu, { headers: { apikey: key.apikey }, expect: 200 });
  await call(`${menu}?apikey=${key.apikey}`, { expect: 200 });
  await call(menu, { expect: 401 });

  chapter('Production keys stay out of the sandbox, sandbox keys out of production');
  const sandboxKey = await generate('Sandbox key', { keyType: 'SANDBOX' });
  await associate(sandboxKey.keyUUID);
  await call(sandboxMenu, { headers: { apikey: sandboxKey.apikey }, expect: 200 });
  await call(menu, { headers: { apikey: sandboxKey.apikey }, expect: 403 });
  await call(sandboxMenu, { headers: { apikey: key.apikey }, expect: 403 });

  chapter('A key is bound to its API; Petstore wants no subscription, and its key in petstore_key');
  await call(pet, { headers: { petstore_key: key.apikey }, expect: 403 });
  const petKey = pick.issuedKey(
    await manage('alice', `${PORTAL_BASE}/apis/${petstore}/api-keys/generate`, {
      method: 'POST',
      body: { keyName: 'Pet key' },
      expect: 200,
    }),
  );
  await call(pet, { headers: { petstore_key: petKey.apikey }, expect: 200 });
  await call(pet, { headers: { apikey: petKey.apikey }, expect: 401 });

  chapter('A key can be restricted to IP addresses …');
  const restricted = async (name: string, additionalProperties: object) => {
    const made = await generate(name, { additionalProperties });
    await associate(made.keyUUID);
    return made;
  };
  const elsewhere = await restricted('Office only', { permittedIP: '203.0.113.0/24, 2001:db8::/32' });
  const refused = await call(menu, { headers: { apikey: elsewhere.apikey }, expect: 403 });
  const here = await restricted('This machine only', { permittedIP: '127.0.0.0/8, ::1' });
  await call(menu, { headers: { apikey: here.apikey }, expect: 200 });

  chapter('… and to the pages that call');
  const page = await restricted('Shop pages only', { permittedReferer: '*.shop.example/*' });
  const from = (referer: string) => ({ apikey: page.apikey, referer });
  await call(menu, { headers: from('https://www.shop.example/cart'), expect: 200 });
  await call(menu, { headers: from('https://evil.test/?.shop.example/'), expect: 403 });
  await call(menu, { headers: { apikey: page.apikey }, expect: 403 });
  await manage('alice', `${keys}/generate`, {
    method: 'POST',
    body: { keyName: 'Typing error', additionalProperties: { permittedIP: '10.0.0.1, 10.0.0.300' } },
    expect: 400,
  });

  chapter('Why was the first of these calls refused? Its request id tells, and a dry run what would help');
  await manage('alice', `${PORTAL_BASE}/refusals/${encodeURIComponent(refused)}`, {
    expect: 200,
    isPatient: true,
  });
  await manage('bob', `${PORTAL_BASE}/refusals/${encodeURIComponent(refused)}`, { expect: 404 });
  await manage('alice', `${keys}/dry-run`, {
    method: 'POST',
    body: { keyUUID: elsewhere.keyUUID, sourceIp: '203.0.113.9' },
    expect: 200,
  });

  chapter('An administrator makes a policy of two calls an hour: the third is told when to come back');
  const policies = `${ADMIN_BASE}/throttling/policies/application`;
  const policyName = `Demo-${Date.now()}`;
  const policy = pick.policyId(
    await manage('admin', policies, {
      method: 'POST',
      body: {
        policyName,
        defaultLimit: {
          type: 'REQUESTCOUNTLIMIT',
          requestCount: { timeUnit: 'hour', unitTime: 1, requestCount: 2 },
        },
      },
      expect: 201,
    }),
  );
  const limitedApplication = pick.applicationId(
    await manage('alice', `${PORTAL_BASE}/applications`, {
      method: 'POST',
      body: { name: policyName, throttlingPolicy: policyName },
      expect: 201,
    }),
  );
  await manage('alice', `${PORTAL_BASE}/subscriptions`, {
    method: 'POST',
    body: { applicationId: limitedApplication, apiId: pizza, throttlingPolicy: 'Bronze' },
    expect: 201,
  });
  const limited = await generate('Limited key');
  await manage('alice', `${keys}/associate`, {
    method: 'POST',
    body: { keyUUID: limited.keyUUID, applicationUUID: limitedApplication },
    expect: 200,
  });
  for (const expect of [200, 200, 429]) await call(menu, { headers: { apikey: limited.apikey }, expect });

  chapter('Regenerate: the old value is refused at the next request, the new one needs no new association');
  const regenerated = pick.issuedKey(
    await manage('alice', `${keys}/regenerate`, {
      method: 'POST',
      body: { keyUUID: key.keyUUID },
      expect: 200,
    }),
  );
  await call(menu, { headers: { apikey: key.apikey }, expect: 401 });
  await call(menu, { headers: { apikey: regenerated.apikey }, expect: 200 });

  chapter("Bob cannot touch Alice's key: for him it does not exist");
  await manage('bob', `${keys}/revoke`, { method: 'POST', body: { keyUUID: key.keyUUID }, expect: 404 });

  chapter('Revoke: refused at the next request');
  await manage('alice', `${keys}/revoke`, { method: 'POST', body: { keyUUID: key.keyUUID }, expect: 200 });
  await call(menu, { headers: { apikey: regenerated.apikey }, expect: 401 });

  chapter('An administrator sees every key and can revoke any');
  await manage('alice', `${ADMIN_BASE}/api-keys`, { expect: 403 });
  await manage('admin', `${ADMIN_BASE}/api-keys?limit=5`, { expect: 200 });
  await manage('admin', `${ADMIN_BASE}/api-keys/revoke`, {
    method: 'POST',
    body: { keyUUID: petKey.keyUUID },
    expect: 200,
  });
  await call(pet, { headers: { petstore_key: petKey.apikey }, expect: 401 });

  chapter(
    'Every call is counted: for the owner of the key, as JSON or CSV, and for the publisher of the API',
  );
  await manage('alice', `${keys}/${limited.keyUUID}/usage`, { expect: 200 });
  await manage('publisher', `${PUBLISHER_BASE}/apis/${pizza}/usage`, { expect: 200 });

  chapter(
    'Alice cleans up: her application goes with its subscription, and its keys open PizzaShack no more',
  );
  await manage('alice', `${PORTAL_BASE}/applications/${application}`, { method: 'DELETE', expect: 200 });
  await call(menu, { headers: { apikey: here.apikey }, expect: 403 });
  await manage('alice', `${PORTAL_BASE}/applications/${limitedApplication}`, {
    method: 'DELETE',
    expect: 200,
  });
  await manage('admin', `${policies}/${policy}`, { method: 'DELETE', expect: 200 });
}
