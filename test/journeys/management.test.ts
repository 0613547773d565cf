import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ADMIN, PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const PUBLISHER = '/api/am/publisher/v4';
const Subscriptions = z.object({ list: z.array(z.object({ subscriptionId: z.string() })) });
const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });

describe('what developers and publishers decide counts at the next request:', () => {
  let keybound: RunningKeybound;
  let pizza: string;
  let application: string;

  beforeAll(async () => {
    keybound = await runKeybound();
    pizza = await keybound.apiId('PizzaShackAPI');
    application = await keybound.subscriber('alice', pizza);
  });
  afterAll(() => keybound.close());

  const alice = (method: string, path: string, body?: unknown) =>
    keybound.manage('alice', method, `${PORTAL}${path}`, body);
  const publish = (path: string) => keybound.manage('publisher', 'POST', `${PUBLISHER}${path}`);
  const menu = async (apikey: string, environment: 'production' | 'sandbox' = 'production') => {
    const { gatewayUrl, sandboxUrl } = keybound.runner;
    const url = `${environment === 'production' ? gatewayUrl : sandboxUrl}/pizzashack/1.0.0/menu`;
    return (await keybound.http.send({ method: 'GET', url, headers: { apikey } })).status;
  };
  const associated = async (body: object = {}) => {
    const key = await keybound.generate('alice', pizza, body);
    await alice('POST', `/apis/${pizza}/api-keys/associate`, {
      keyUUID: key.keyUUID,
      applicationUUID: application,
    });
    return key;
  };
  const subscriptionId = async () => {
    const answer = await alice('GET', `/subscriptions?applicationId=${application}&apiId=${pizza}`);
    return Subscriptions.parse(answer.json).list[0]?.subscriptionId ?? '';
  };

  it('a blocked subscription refuses its keys; blocked for production only, sandbox keys go on', async () => {
    const production = await associated();
    const sandbox = await associated({ keyType: 'SANDBOX' });
    const states = async () => [await menu(production.apikey), await menu(sandbox.apikey, 'sandbox')];
    const id = await subscriptionId();
    expect(await states()).toEqual([200, 200]);
    await publish(`/subscriptions/block-subscription?subscriptionId=${id}&blockState=PROD_ONLY_BLOCKED`);
    expect(await states()).toEqual([403, 200]);
    await publish(`/subscriptions/block-subscription?subscriptionId=${id}&blockState=BLOCKED`);
    expect(await states()).toEqual([403, 403]);
    await publish(`/subscriptions/unblock-subscription?subscriptionId=${id}`);
    expect(await states()).toEqual([200, 200]);
  });

  it('a key of an application opens what it subscribes to, through later changes', async () => {
    const path = `/applications/${application}/api-keys/PRODUCTION`;
    const key = Issued.parse((await alice('POST', `${path}/generate`, { keyName: 'For all' })).json);
    expect(await menu(key.apikey)).toBe(200);
    await alice('DELETE', `/subscriptions/${await subscriptionId()}`);
    expect(await menu(key.apikey)).toBe(403);
    await alice('POST', '/subscriptions', {
      applicationId: application,
      apiId: pizza,
      throttlingPolicy: 'Gold',
    });
    expect(await menu(key.apikey)).toBe(200);
    expect((await alice('POST', `${path}/revoke`, { apikey: key.apikey })).status).toBe(200);
    expect(await menu(key.apikey)).toBe(401);
  });

  it('a suspended key is refused until it is resumed', async () => {
    const { keyUUID, apikey } = await associated();
    await alice('POST', `/apis/${pizza}/api-keys/suspend`, { keyUUID });
    expect(await menu(apikey)).toBe(403);
    await alice('POST', `/apis/${pizza}/api-keys/resume`, { keyUUID });
    expect(await menu(apikey)).toBe(200);
  });

  it('with a grace period both values work, until it is ended early', async () => {
    const { keyUUID, apikey } = await associated();
    const answer = await alice('POST', `/apis/${pizza}/api-keys/regenerate`, { keyUUID, gracePeriod: 3600 });
    const renewed = Issued.parse(answer.json).apikey;
    expect([await menu(apikey), await menu(renewed)]).toEqual([200, 200]);
    await alice('POST', `/apis/${pizza}/api-keys/end-grace`, { keyUUID });
    expect([await menu(apikey), await menu(renewed)]).toEqual([401, 200]);
  });

  it('restrictions change without a new value', async () => {
    const { keyUUID, apikey } = await associated();
    const restrict = (permittedIP: string) =>
      alice('PATCH', `/apis/${pizza}/api-keys/${keyUUID}`, { additionalProperties: { permittedIP } });
    await restrict('203.0.113.7');
    expect(await menu(apikey)).toBe(403);
    await restrict('');
    expect(await menu(apikey)).toBe(200);
  });

  it('whoever holds the value of a key can end it, without a token', async () => {
    const { apikey } = await associated();
    const revoke = (headers: Record<string, string>) =>
      keybound.http.send({
        method: 'POST',
        url: `${keybound.runner.managementUrl}/api/keybound/v1/self-revoke`,
        headers,
      });
    expect((await revoke({})).status).toBe(401);
    expect((await revoke({ apikey })).status).toBe(200);
    expect(await menu(apikey)).toBe(401);
    expect((await revoke({ apikey })).status).toBe(401);
  });

  it('an administrator revokes in bulk what a preview showed', async () => {
    const { keyUUID, apikey } = await keybound.generate('bob', pizza);
    const bulk = (dryRun: boolean) =>
      keybound.manage('admin', 'POST', `${ADMIN}/api-keys/bulk-revoke`, { filter: { owner: 'bob' }, dryRun });
    expect((await bulk(true)).text).toContain(keyUUID);
    expect(await menu(apikey)).toBe(403);
    expect((await bulk(false)).json).toMatchObject({ revoked: 1 });
    expect(await menu(apikey)).toBe(401);
    expect((await bulk(true)).json).toMatchObject({ list: [{ keyUUID, outcome: 'ALREADY_REVOKED' }] });
  });

  it('an API that is blocked is refused within five seconds, and its lifecycle is in the audit trail', async () => {
    const { apikey } = await associated();
    await publish(`/apis/change-lifecycle?action=Block&apiId=${pizza}`);
    const until = Date.now() + 10_000;
    while ((await menu(apikey)) === 200) expect(Date.now()).toBeLessThan(until);
    expect(await menu(apikey)).toBe(503);
    const audit = await keybound.manage('admin', 'GET', `${ADMIN}/audit?resource=${pizza}&limit=1`);
    expect(audit.json).toMatchObject({
      list: [{ action: 'api.lifecycle', actorName: 'publisher', after: { lifecycle: 'BLOCKED' } }],
    });
    await publish(`/apis/change-lifecycle?action=Re-Publish&apiId=${pizza}`);
  });
});
