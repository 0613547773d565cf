// Runs the app on this machine, without AWS, with a small server for each environment.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { startRunner } from 'keybound/local';

const servers = [];
/** Starts a server that answers with what it was asked. @returns its URL. */
async function startServer(environment) {
  const server = createServer((request, response) => {
    response.end(JSON.stringify({ environment, path: request.url, headers: request.headers }));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

let runner;
try {
  process.env.BOOKS_URL = await startServer('production');
  process.env.BOOKS_SANDBOX_URL = await startServer('sandbox');
  runner = await startRunner({ directory: import.meta.dirname });
  const call = (environment, headers = {}) =>
    fetch(`${runner.url('Books', environment)}/books/1`, { headers });

  for (const environment of ['production', 'sandbox']) {
    const key = await runner.generateKey({ api: 'Books', environment, plan: 'Unlimited' });
    const answer = await call(environment, { 'x-books-key': key.value, 'x-keybound-owner': 'forged' });
    assert.equal(answer.status, 200, `the key must open ${environment}`);
    const asked = await answer.json();
    assert.equal(asked.environment, environment, 'each environment has its own server');
    assert.equal(asked.path, '/books/1');
    assert.equal(asked.headers['x-keybound-key-uuid'], key.keyUUID, 'the server must learn who calls');
    assert.ok(!JSON.stringify(asked).includes(key.value), 'the server must not get the key');
    assert.ok(!JSON.stringify(asked).includes('forged'), 'nobody can name another caller');

    const other = environment === 'production' ? 'sandbox' : 'production';
    const elsewhere = await call(other, { 'x-books-key': key.value });
    assert.equal(elsewhere.status, 403, `a key of ${environment} must not open ${other}`);
  }
  const unsubscribed = await runner.generateKey({ api: 'Books' });
  const refused = await call('production', { 'x-books-key': unsubscribed.value });
  assert.equal(refused.status, 403, 'a key without a subscription must not open the API');
  assert.equal((await call('production')).status, 401, 'a call without a key must be refused');
  console.log('Each key opens its environment, and the servers get no key.');
} finally {
  await runner?.close();
  for (const server of servers) server.close();
}
