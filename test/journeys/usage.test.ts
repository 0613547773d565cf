import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { openContract, PUBLISHER, type Contract } from './rest-contract.ts';
import { SOURCE_IP_HEADER } from '../support/run-keybound.ts';
import { ADMIN, PORTAL } from '../support/portal-user.ts';

const Usage = z.object({
  totals: z.object({
    calls: z.number(),
    statusClasses: z.record(z.string(), z.number()),
    refusals: z.number(),
  }),
  list: z.array(z.object({ environment: z.string(), statusClass: z.string(), calls: z.number() })),
  refusals: z.array(z.object({ reason: z.string(), refusals: z.number() })),
  addresses: z.array(z.object({ address: z.string(), calls: z.number() })).default([]),
  lastUsed: z.number().nullable().default(null),
});

let contract: Contract;
let pizza: string;

beforeAll(async () => {
  contract = await openContract();
  pizza = await contract.keybound.apiId('PizzaShackAPI');
});
afterAll(() => contract.close());

/** Calls PizzaShack; the status of the answer. */
async function call(
  apikey: string | undefined,
  { path = '/menu', address = '192.0.2.1', sandbox = false } = {},
): Promise<number> {
  const { gatewayUrl } = contract.keybound.runner;
  const base = sandbox ? gatewayUrl.replace('//', '//sandbox.') : gatewayUrl;
  const { status } = await contract.keybound.http.send({
    method: 'GET',
    url: `${base}/pizzashack/1.0.0${path}`,
    headers: { [SOURCE_IP_HEADER]: address, ...(apikey !== undefined && { apikey }) },
  });
  return status;
}

const as = (user: string, path: string) => contract.keybound.manage(user, 'GET', path);
const reasons = (usage: z.infer<typeof Usage>) =>
  Object.fromEntries(usage.refusals.map(({ reason, refusals }) => [reason, refusals]));

describe('calls of a key', () => {
  it('are counted with their refusals, and shown to those whose they are', async () => {
    const { keybound, portal, admin, publisher } = contract;
    const applicationUUID = await keybound.subscriber('alice', pizza);
    const additionalProperties = { permittedIP: '192.0.2.0/24' };
    const { keyUUID, apikey } = await keybound.generate('alice', pizza, { additionalProperties });
    const associated = { keyUUID, applicationUUID };
    await portal('POST', `/apis/${pizza}/api-keys/associate`, associated);

    const before = Usage.parse((await publisher('GET', `/apis/${pizza}/usage`)).json);
    const answers = [
      await call(apikey),
      await call(apikey),
      await call(apikey, { address: '192.0.2.2' }),
      await call(apikey, { path: '/order/none' }),
      await call(apikey, { address: '198.51.100.1' }),
      await call(apikey, { address: '198.51.100.2' }),
      await call(createKeyValue('kb', 'PRODUCTION')),
      await call(undefined),
    ];
    expect(answers).toEqual([200, 200, 200, 404, 403, 403, 401, 401]);
    await keybound.runner.settle();

    const path = `/apis/${pizza}/api-keys/${keyUUID}/usage`;
    const own = await portal('GET', path);
    const ofKey = Usage.parse(own.json);
    expect(ofKey.totals).toEqual({
      calls: 4,
      statusClasses: { '2xx': 3, '3xx': 0, '4xx': 1, '5xx': 0 },
      refusals: 2,
    });
    expect(reasons(ofKey)).toEqual({ address_forbidden: 2 });
    expect(ofKey.addresses).toEqual([
      { address: '192.0.2.1', calls: 3 },
      { address: '192.0.2.2', calls: 1 },
    ]);
    expect(ofKey.lastUsed).toBeGreaterThan(Date.now() - 60_000);
    expect((await admin('GET', `/usage/api-keys/${keyUUID}`)).json).toEqual(own.json);

    const ofApplication = Usage.parse((await portal('GET', `/applications/${applicationUUID}/usage`)).json);
    expect([ofApplication.totals, reasons(ofApplication)]).toEqual([ofKey.totals, reasons(ofKey)]);

    const ofApi = Usage.parse((await publisher('GET', `/apis/${pizza}/usage`)).json);
    expect(ofApi.totals.calls - before.totals.calls).toBe(8);
    expect(ofApi.totals.refusals - before.totals.refusals).toBe(4);
    expect(reasons(ofApi)).toMatchObject({ address_forbidden: 2, key_unknown: 1, credential_missing: 1 });
    const all = z
      .object({ list: z.array(z.object({ apiId: z.string(), totals: z.unknown() })) })
      .parse((await admin('GET', '/usage/apis')).json);
    expect(all.list.find(({ apiId }) => apiId === pizza)?.totals).toEqual(ofApi.totals);

    const csv = await portal('GET', `${path}?format=csv&granularity=day`);
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [header, ...rows] = csv.text.trimEnd().split('\r\n');
    expect(header).toBe('start,environment,statusClass,calls');
    expect(rows.map((row) => row.split(',').slice(1).join())).toEqual([
      'PRODUCTION,2xx,3',
      'PRODUCTION,4xx,1',
    ]);

    for (const [user, place] of [
      ['bob', `${PORTAL}${path}`],
      ['bob', `${PORTAL}/applications/${applicationUUID}/usage`],
    ] as const) {
      expect((await as(user, place)).status).toBe(404);
    }
    expect((await as('alice', `${ADMIN}/usage/api-keys/${keyUUID}`)).status).toBe(403);
    expect((await as('alice', `${PUBLISHER}/apis/${pizza}/usage`)).status).toBe(403);
    for (const value of [apikey, apikey.slice(8, 40)]) {
      expect(JSON.stringify(keybound.lines)).not.toContain(value);
    }
  });

  it('of an application are counted by their environment', async () => {
    const { keybound, portal } = contract;
    const applicationId = await keybound.subscriber('alice', pizza);
    const path = `/applications/${applicationId}/api-keys/SANDBOX`;
    const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });
    const { keyUUID, apikey } = Issued.parse((await portal('POST', `${path}/generate`, {})).json);
    expect([await call(apikey, { sandbox: true }), await call(apikey)]).toEqual([200, 403]);
    await keybound.runner.settle();
    const usage = Usage.parse((await portal('GET', `${path}/${keyUUID}/usage`)).json);
    expect(usage.list).toMatchObject([{ environment: 'SANDBOX', statusClass: '2xx', calls: 1 }]);
    expect(reasons(usage)).toEqual({ environment_mismatch: 1 });
  });
});
