// Runs the app on this machine, without AWS: a plan of three calls a minute, and calls until it is used up.
import assert from 'node:assert/strict';
import { startRunner } from 'keybound/local';

const PLAN = 'Three';
const runner = await startRunner({ directory: import.meta.dirname });
try {
  await createPlan(3);
  const call = (headers = {}) => fetch(`${runner.url('Orders')}/orders`, { headers });

  const missing = await call();
  assert.equal(missing.status, 401);
  assert.equal((await missing.json()).code, '900902', 'a call without a key must have the code 900902');

  const unsubscribed = await runner.generateKey({ api: 'Orders' });
  const forbidden = await call({ apikey: unsubscribed.value });
  assert.equal(forbidden.status, 403);
  assert.equal(
    (await forbidden.json()).code,
    '900908',
    'a key without a subscription must have the code 900908',
  );

  const key = await runner.generateKey({ api: 'Orders', plan: PLAN });
  const first = await call({ apikey: key.value });
  assert.equal(first.status, 200, 'the key must open the API');
  assert.match(first.headers.get('ratelimit') ?? '', /r=\d+;t=\d+/, 'an allowed call must say what is left');

  // A minute can end in between, and with it the window.
  let last = first;
  for (let calls = 1; calls < 8 && last.status === 200; calls += 1) last = await call({ apikey: key.value });
  assert.equal(last.status, 429, 'calls beyond the plan must be refused');
  const refusal = await last.json();
  assert.equal(refusal.code, '900804', 'a used up subscription must have the code 900804');
  const seconds = Number(last.headers.get('retry-after'));
  assert.ok(seconds >= 1 && seconds <= 60, `retry-after must say when to try again, and is ${seconds}`);
  console.log(`Refused calls say why: ${refusal.description}`);
} finally {
  await runner.close();
}

/** Creates a business plan as an administrator does. */
async function createPlan(requestCount) {
  const answer = await fetch(`${runner.managementUrl}/api/am/admin/v4/throttling/policies/subscription`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await runner.token('admin')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      policyName: PLAN,
      defaultLimit: {
        type: 'REQUESTCOUNTLIMIT',
        requestCount: { requestCount, timeUnit: 'min', unitTime: 1 },
      },
    }),
  });
  assert.equal(answer.status, 201, await answer.text());
}
