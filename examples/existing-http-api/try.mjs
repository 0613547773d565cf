// Runs the app on this machine, without AWS: calls the API with and without a key, and after the key is revoked.
import assert from 'node:assert/strict';
import { startRunner } from 'keybound/local';

const runner = await startRunner({ directory: import.meta.dirname });
try {
  const url = runner.url('Notes', '$default');
  const call = (path, headers = {}) => fetch(`${url}${path}`, { headers });
  const key = await runner.generateKey({ api: 'Notes' });

  const allowed = await call('/notes', { apikey: key.value });
  assert.equal(allowed.status, 200, 'the key must open the API');
  const text = await allowed.text();
  assert.ok(text.includes(key.keyUUID), 'the function must learn who calls');
  assert.ok(!text.includes(key.value), 'the function must not get the key');
  assert.equal((await call('/notes')).status, 401, 'a call without a key must be refused');

  const open = await call('/health', { apikey: key.value, 'x-keybound-owner': 'forged' });
  assert.equal(open.status, 200, 'the open route must stay open');
  assert.ok(!(await open.text()).includes('forged'), 'nobody can pass for a caller with a key');

  const sandbox = await runner.generateKey({ api: 'Notes', environment: 'sandbox' });
  const inSandbox = await fetch(`${runner.url('Notes', 'sandbox')}/notes`, {
    headers: { apikey: sandbox.value },
  });
  assert.equal(inSandbox.status, 200, 'a key of the sandbox must open the stage of the sandbox');

  await revoke(key.keyUUID);
  assert.equal((await call('/notes', { apikey: key.value })).status, 401, 'a revoked key must open nothing');
  console.log('The routes with keys want one, the others do not, and a revoked key is refused at once.');
} finally {
  await runner.close();
}

async function revoke(keyUUID) {
  const portal = `${runner.managementUrl}/api/am/devportal/v3`;
  const headers = {
    authorization: `Bearer ${await runner.token('alice')}`,
    'content-type': 'application/json',
  };
  const found = await fetch(`${portal}/apis?query=name:Notes`, { headers });
  const [api] = (await found.json()).list;
  const answer = await fetch(`${portal}/apis/${api.id}/api-keys/revoke`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ keyUUID }),
  });
  assert.equal(answer.status, 200, 'the key must be revoked');
}
