// Runs the app on this machine, without AWS: generates a key and calls the API with and without it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRunner } from 'keybound/local';

const assemblyDirectory = mkdtempSync(join(tmpdir(), 'hello-'));
execFileSync(process.execPath, ['app.js'], {
  cwd: import.meta.dirname,
  env: { ...process.env, CDK_OUTDIR: assemblyDirectory },
  stdio: 'inherit',
});
const runner = await startRunner({ gatewayPort: 0, managementPort: 0, sandboxPort: 0, assemblyDirectory });
try {
  const token = await json(`${runner.managementUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', username: 'alice', password: 'alice' }),
  });
  const portal = `${runner.managementUrl}/api/am/devportal/v3`;
  const headers = { authorization: `Bearer ${token.access_token}`, 'content-type': 'application/json' };
  const [api] = (await json(`${portal}/apis?query=name:Hello`, { headers })).list;
  const key = await json(`${portal}/apis/${api.id}/api-keys/generate`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ keyName: 'My first key', keyType: 'PRODUCTION' }),
  });
  const { apiId } = runner.assembly.apis.find(({ name }) => name.startsWith('Hello'));
  console.log('with the key:   ', await call(apiId, { apikey: key.apikey }));
  console.log('without the key:', await call(apiId, {}));
} finally {
  await runner.close();
  rmSync(assemblyDirectory, { recursive: true, force: true });
}

async function json(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Not every machine knows the names below `localhost`, so the name goes into the Host header. */
function call(apiId, headers) {
  const host = `${apiId}.execute-api.localhost`;
  return new Promise((resolve, reject) => {
    request({ port: runner.gatewayPort, path: '/production/hello', headers: { ...headers, host } })
      .once('response', (response) => {
        let body = '';
        response
          .on('data', (part) => (body += part))
          .once('end', () => resolve(`${response.statusCode} ${body}`));
      })
      .once('error', reject)
      .end();
  });
}
