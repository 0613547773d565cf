import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLAIMS } from '../../scripts/first-deployment/claims.ts';
import { findingsTable, proveClaims } from '../../scripts/first-deployment/prove-claims.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
const SCRIPT = join(import.meta.dirname, '../../scripts/first-deployment.ts');

const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  runToEnd(SCRIPT, args, { env: { PATH: process.env['PATH'] ?? '', ...environment } });

describe('the check of a first deployment', () => {
  let keybound: RunningKeybound;
  let target: { managementUrl: string; apiUrl: string; token: string };
  beforeAll(async () => {
    keybound = await runKeybound();
    const { managementUrl, gatewayUrl } = keybound.runner;
    target = { managementUrl, apiUrl: `${gatewayUrl}/v2`, token: await keybound.token('alice') };
  });
  afterAll(() => keybound.close());

  it('proves of the runner every claim that can be run, and names the others', async () => {
    const { exitCode, said } = await run([], {
      BASE_URL: target.managementUrl,
      GATEWAY_URL: `${target.apiUrl}/`,
      KEYBOUND_TOKEN: target.token,
    });
    expect(said).not.toContain('contradicted |');
    expect(exitCode).toBe(0);
    const runnable = CLAIMS.filter(({ see }) => see !== undefined).length;
    expect(runnable).toBeGreaterThan(10);
    expect(said).toContain(`${runnable} proven, 0 contradicted, ${CLAIMS.length - runnable} not run`);
  });

  it('tells of a claim that does not hold what was expected and what was seen', async () => {
    const findings = await proveClaims(
      [
        {
          says: 'A key | is free',
          expected: '402',
          see: async ({ call }) => String((await call('/pet/10')).status),
        },
      ],
      target,
    );
    expect(findings).toEqual([
      { says: 'A key | is free', state: 'contradicted', detail: 'expected 402; seen 200' },
    ]);
    expect(findingsTable(findings)).toContain('0 proven, 1 contradicted, 0 not run');
  });

  it('leaves no key behind that works', async () => {
    let value = '';
    await proveClaims(
      [
        {
          says: 'Keeps its key',
          expected: 'kept',
          see: async ({ newKey }) => {
            value = (await newKey()).apikey;
            return 'kept';
          },
        },
      ],
      target,
    );
    const answer = await keybound.http.send({
      method: 'GET',
      url: `${target.apiUrl}/pet/10`,
      headers: { petstore_key: value },
    });
    expect(answer.status).toBe(401);
  });

  it('says that a token is refused, without showing it', async () => {
    const { exitCode, said } = await run(
      ['--base-url', target.managementUrl, '--gateway-url', target.apiUrl],
      {
        KEYBOUND_TOKEN: 'secret-token',
      },
    );
    expect({ exitCode, said }).toEqual({
      exitCode: 1,
      said: 'The deployment could not be examined: the management API answered 401 to the token\n',
    });
  });
});

describe('npm run first-deployment', () => {
  it.each([
    [[], '--base-url is missing'],
    [['--base-url', 'here'], '--base-url: here is not an address'],
    [['--base-url', 'http://localhost:1', '--gateway-url', 'http://localhost:1'], '--token is missing'],
    [['--url', 'x'], "Unknown option '--url'"],
  ])('refuses %j with 2 and its usage', async (args, reason) => {
    const { exitCode, said } = await run(args);
    expect(exitCode).toBe(2);
    expect(said).toContain(reason);
    expect(said).toContain('npm run first-deployment -- ');
  });
});
