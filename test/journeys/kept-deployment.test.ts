import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { copyTable } from '../support/copy-table.ts';
import { PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { TEST_ISSUER } from '../support/synthesize-once.ts';

// Each deployment synthesizes the app: far above what that needs.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });
const dataDirectory = mkdtempSync(join(tmpdir(), 'keybound-kept-'));
afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

let running: RunningKeybound | undefined;
/** Deploys the app over what is there, as a deployment does: with the same data. */
async function deploy(environment: Readonly<Record<string, string>> = {}): Promise<RunningKeybound> {
  vi.unstubAllEnvs();
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(`CDK_KEPT_${name}`, value);
  running = await runKeybound({ app: 'test/journeys/kept-app/app.ts', dataDirectory, issuer: TEST_ISSUER });
  return running;
}
afterEach(async () => {
  vi.unstubAllEnvs();
  await running?.close();
  running = undefined;
});

const pet = ({ runner, http }: RunningKeybound, key: string) =>
  http.send({
    method: 'GET',
    url: `http://${runner.assembly.apis.find(({ name }) => name.includes('Petstore'))?.apiId ?? ''}.execute-api.localhost:${runner.gatewayPort}/production/pet/10`,
    headers: { petstore_key: key },
  });
const tableOf = ({ runner }: RunningKeybound) =>
  runner.assembly.outputs.get('Kept-Core')?.get('TableName') ?? '';

const RESTORED = 'keybound-restored';
const RESTORED_ARN = `arn:aws:dynamodb:us-east-1:000000000000:table/${RESTORED}`;
const restored = { TABLE: `${RESTORED_ARN},${RESTORED_ARN}/stream/2026-01-31T12:00:00.000` };

describe('a deployment whose data count', () => {
  let key = { keyUUID: '', apikey: '' };

  it('serves, and its table can be copied as a backup is restored', async () => {
    const keybound = await deploy({ DOMAINS: 'api.example.com,sandbox.example.com' });
    key = await keybound.generate('alice', await keybound.apiId('Petstore'), { keyName: 'Kept' });
    expect((await pet(keybound, key.apikey)).status).toBe(200);
    await keybound.runner.settle();
    expect(await copyTable(keybound.runner.dynamoDbEndpoint, tableOf(keybound), RESTORED)).toBeGreaterThan(5);
  });

  it('is not deployed anew with another table, another audience or a domain less', async () => {
    await expect(deploy({ ...restored, AUDIENCE: 'other', DOMAINS: 'api.example.com' })).rejects.toThrow(
      /audience would change from keybound-local to other; table would change from \S+ to keybound-restored; domains would change from api\.example\.com, sandbox\.example\.com to api\.example\.com\. .*-c allowChange=audience,table,domains/,
    );
  });

  it('works with the restored table where that change is allowed: keys open, end, and tell of it', async () => {
    const keybound = await deploy({
      ...restored,
      ALLOWED: 'table',
      DOMAINS: 'api.example.com,sandbox.example.com',
    });
    expect(tableOf(keybound)).toBe(RESTORED);
    expect((await pet(keybound, key.apikey)).status).toBe(200);

    const other = await keybound.generate('alice', await keybound.apiId('Petstore'), { keyName: 'After' });
    expect((await pet(keybound, other.apikey)).status).toBe(200);
    const apiId = await keybound.apiId('Petstore');
    const revoked = await keybound.manage('alice', 'POST', `${PORTAL}/apis/${apiId}/api-keys/revoke`, {
      keyUUID: key.keyUUID,
    });
    expect(revoked.status).toBe(200);
    expect((await pet(keybound, key.apikey)).status).toBe(401);
    await keybound.runner.settle();
    const events = keybound.runner.events().map((event) => event['detail-type']);
    expect(events.filter((type) => /generated/i.test(type))).not.toEqual([]);
    expect(events.filter((type) => /revoked/i.test(type))).not.toEqual([]);
  });
});
