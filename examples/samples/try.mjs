// Runs the samples on this machine, without AWS, and calls both with keys of their own.
import assert from 'node:assert/strict';
import { startRunner } from 'keybound/local';

const runner = await startRunner({ directory: import.meta.dirname });
const call = (url, headers) => fetch(url, { headers });
try {
  const pet = `${runner.url('Petstore')}/pet/10`;
  const petKey = await runner.generateKey({ api: 'Petstore' });
  assert.equal((await call(pet, { petstore_key: petKey.value })).status, 200);
  assert.equal((await call(pet, {})).status, 401);

  const menu = `${runner.url('PizzaShackAPI')}/menu`;
  const pizzaKey = await runner.generateKey({ api: 'PizzaShackAPI', plan: 'Gold' });
  const answer = await call(menu, { apikey: pizzaKey.value });
  assert.equal(answer.status, 200);
  assert.ok((await answer.json()).length > 0);
  assert.equal((await call(menu, { apikey: petKey.value })).status, 403);
  console.log('Each API is open to its own key, and to no other.');
} finally {
  await runner.close();
}
