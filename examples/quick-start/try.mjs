// Runs the app on this machine, without AWS: generates a key and calls the API with and without it.
import assert from 'node:assert/strict';
import { startRunner } from 'keybound/local';

const runner = await startRunner({ directory: import.meta.dirname });
try {
  const key = await runner.generateKey({ api: 'Hello' });
  const url = `${runner.url('Hello')}/hello`;

  const allowed = await fetch(url, { headers: { apikey: key.value } });
  assert.equal(allowed.status, 200);
  assert.equal(await allowed.text(), 'Hello');

  const refused = await fetch(url);
  assert.equal(refused.status, 401);
  console.log('A call with the key is allowed, a call without it is refused.');
} finally {
  await runner.close();
}
