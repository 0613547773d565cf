import { startRunner } from 'keybound/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let runner;
beforeAll(async () => {
  runner = await startRunner({ directory: import.meta.dirname });
});
afterAll(() => runner?.close());

const list = (key, environment = 'production') =>
  fetch(`${runner.url('Orders', environment)}/orders`, { headers: key && { apikey: key.value } });

describe('the list of orders', () => {
  it('is open to a key whose application subscribes to the API', async () => {
    const key = await runner.generateKey({ api: 'Orders', plan: 'Gold' });
    const answer = await list(key);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ orders: [] });
  });

  it('is refused to a key without a subscription, and says why', async () => {
    const key = await runner.generateKey({ api: 'Orders' });
    const answer = await list(key);
    expect(answer.status).toBe(403);
    expect((await answer.json()).description).toContain('application that subscribes to this API');
  });

  it('is refused without a key', async () => {
    expect((await list(undefined)).status).toBe(401);
  });

  it('takes keys of the sandbox in the sandbox alone', async () => {
    const key = await runner.generateKey({
      api: 'Orders',
      environment: 'sandbox',
      plan: 'Gold',
      user: 'bob',
    });
    expect((await list(key, 'sandbox')).status).toBe(200);
    expect((await list(key)).status).toBe(403);
  });
});
