import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ADMIN, PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const Key = z.object({
  keyUUID: z.string(),
  lastUsed: z.number().nullable(),
  values: z.array(z.object({ lastUsed: z.number().nullable(), current: z.boolean() })).default([]),
});
const Keys = z.object({ list: z.array(Key) });
const Issued = z.object({ apikey: z.string() });

let keybound: RunningKeybound;
let api: string;

beforeAll(async () => {
  keybound = await runKeybound();
  api = await keybound.apiId('PizzaShackAPI');
});
afterAll(() => keybound.close());

/** Calls with a value and waits for the log, which has seconds; between which two times the call was. */
async function call(value: string, status: number): Promise<{ readonly from: number; readonly to: number }> {
  const from = Math.floor(Date.now() / 1000) * 1000;
  const answer = await keybound.http.send({
    method: 'GET',
    url: `${keybound.runner.gatewayUrl}/pizzashack/1.0.0/menu`,
    headers: { apikey: value },
  });
  const to = Date.now();
  expect(answer.status).toBe(status);
  await keybound.runner.settle();
  return { from, to };
}

async function listed(user: string, path: string, keyUUID: string): Promise<z.infer<typeof Key>> {
  const { list } = Keys.parse((await keybound.manage(user, 'GET', path)).json);
  const key = list.find((candidate) => candidate.keyUUID === keyUUID);
  if (key === undefined) throw new Error('the key is not listed');
  return key;
}

describe('a key that is called with', () => {
  const change = (verb: string, body: object) =>
    keybound.manage('alice', 'POST', `${PORTAL}/apis/${api}/api-keys/${verb}`, body);
  const mine = (keyUUID: string) => listed('alice', `${PORTAL}/apis/${api}/api-keys`, keyUUID);

  it('shows when it was last used, per value, to its owner and to administrators; refused calls are none', async () => {
    const applicationUUID = await keybound.subscriber('alice', api);
    const { keyUUID, apikey } = await keybound.generate('alice', api);
    await call(apikey, 403);
    expect(await mine(keyUUID)).toMatchObject({ lastUsed: null, values: [{ lastUsed: null }] });

    await change('associate', { keyUUID, applicationUUID });
    const first = await call(apikey, 200);
    const used = await mine(keyUUID);
    expect(used.lastUsed).toBeGreaterThanOrEqual(first.from);
    expect(used.lastUsed).toBeLessThanOrEqual(first.to);
    expect(used.values).toEqual([{ lastUsed: used.lastUsed, current: true }]);
    expect((await listed('admin', `${ADMIN}/api-keys`, keyUUID)).lastUsed).toBe(used.lastUsed);

    const renewed = Issued.parse((await change('regenerate', { keyUUID, gracePeriod: 3_600 })).json);
    expect((await mine(keyUUID)).values).toEqual([
      { lastUsed: null, current: true },
      { lastUsed: used.lastUsed, current: false },
    ]);
    await call(renewed.apikey, 200);
    const ofNew = (await mine(keyUUID)).lastUsed;
    const again = await call(apikey, 200);
    const both = await mine(keyUUID);
    expect(both.lastUsed).toBeGreaterThanOrEqual(again.from);
    expect(both.values).toEqual([
      { lastUsed: ofNew, current: true },
      { lastUsed: both.lastUsed, current: false },
    ]);

    await change('revoke', { keyUUID });
    await call(apikey, 401);
  });
});
