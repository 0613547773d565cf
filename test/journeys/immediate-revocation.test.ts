import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const CLIENTS = 32;
const Issued = z.object({ apikey: z.string() });

/** One call with a key: when it was sent, when answered (milliseconds, one clock), and how. */
interface Observed {
  readonly sentAt: number;
  readonly status: number;
}

describe('with 32 clients calling throughout', () => {
  let keybound: RunningKeybound;
  let api: string;
  let key: { keyUUID: string; apikey: string };

  beforeAll(async () => {
    keybound = await runKeybound();
    api = await keybound.apiId('PizzaShackAPI');
    const applicationUUID = await keybound.subscriber('alice', api);
    key = await keybound.generate('alice', api);
    await change('associate', { keyUUID: key.keyUUID, applicationUUID });
  });
  afterAll(() => keybound.close());

  const change = (verb: string, body: object) =>
    keybound.manage('alice', 'POST', `${PORTAL}/apis/${api}/api-keys/${verb}`, body);

  /** Lets every client call with `value` until `act` has answered and each has called a few times more. */
  async function callThroughout(value: string, act: () => Promise<unknown>) {
    const observed: Observed[] = [];
    let endedAt = Infinity;
    const client = async () => {
      for (let after = 0; after < 5;) {
        const sentAt = performance.now();
        const { status } = await keybound.http.send({
          method: 'GET',
          url: `${keybound.runner.gatewayUrl}/pizzashack/1.0.0/menu`,
          headers: { apikey: value },
        });
        observed.push({ sentAt, status });
        if (sentAt > endedAt) after += 1;
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    while (observed.length < CLIENTS * 3) await new Promise((resolve) => setTimeout(resolve, 5));
    await act();
    endedAt = performance.now();
    await Promise.all(clients);
    return {
      before: observed.filter(({ sentAt }) => sentAt <= endedAt),
      after: observed.filter(({ sentAt }) => sentAt > endedAt),
    };
  }

  it('accepts not one call with the old value after the answer to regenerate, and every one with the new', async () => {
    let renewed = '';
    const { before, after } = await callThroughout(key.apikey, async () => {
      const answer = await change('regenerate', { keyUUID: key.keyUUID });
      renewed = Issued.parse(answer.json).apikey;
    });
    expect(before.filter(({ status }) => status === 200).length).toBeGreaterThan(CLIENTS);
    expect(after.length).toBeGreaterThanOrEqual(CLIENTS * 5);
    expect(after.filter(({ status }) => status !== 401)).toEqual([]);

    const { before: calls } = await callThroughout(renewed, () => Promise.resolve());
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
    key = { ...key, apikey: renewed };
  });

  it('accepts not one call after the answer to revoke', async () => {
    const { before, after } = await callThroughout(key.apikey, () =>
      change('revoke', { keyUUID: key.keyUUID }),
    );
    expect(before.filter(({ status }) => status === 200).length).toBeGreaterThan(CLIENTS);
    expect(after.filter(({ status }) => status !== 401)).toEqual([]);
  });
});
