import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const ID = '6f1c2d34-0000-4000-8000-000000000001';
const USAGE = {
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-02T00:00:00.000Z',
  granularity: 'hour',
  totals: { calls: 12, statusClasses: { '2xx': 9, '3xx': 0, '4xx': 3, '5xx': 0 }, refusals: 3 },
  list: [{ start: '2026-01-01T12:00:00.000Z', environment: 'PRODUCTION', statusClass: '2xx', calls: 9 }],
  refusals: [{ reason: 'address_forbidden', code: '900908', refusals: 3 }],
  addresses: [{ address: '192.0.2.7', calls: 12 }],
  lastUsed: 1_767_268_800_000,
};
const CSV = 'start,environment,statusClass,calls\r\n2026-01-01T12:00:00.000Z,PRODUCTION,2xx,9\r\n';

/** Answers every request as a server with counts would; counts of a real one take their time. */
const asked: string[] = [];
const server = createServer(({ url = '' }, response) => {
  asked.push(url);
  const isCsv = url.includes('format=csv');
  response
    .writeHead(200, { 'content-type': isCsv ? 'text/csv' : 'application/json' })
    .end(isCsv ? CSV : JSON.stringify(USAGE));
});
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  environment = { KEYBOUND_URL: `http://127.0.0.1:${address.port}`, KEYBOUND_TOKEN: 'token' };
});
afterAll(() => void server.close());

const run = (line: string) => runCli(line.split(' '), { environment });

describe('usage', () => {
  it('shows the totals and what was counted by hour, reason and address', async () => {
    const { code, out, err } = await run(`usage key ${ID} --api ${ID}`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        'From       2026-01-01 00:00Z',
        'To         2026-01-02 00:00Z',
        'Calls      12',
        'By status  2xx: 9, 4xx: 3',
        'Refused    3',
        'Last used  2026-01-01 12:00Z',
        '',
        'START              ENVIRONMENT  STATUS  CALLS',
        '2026-01-01 12:00Z  PRODUCTION   2xx     9',
        '',
        'REASON             CODE    REFUSED',
        'address_forbidden  900908  3',
        '',
        'ADDRESS    CALLS',
        '192.0.2.7  12',
        '',
      ].join('\n'),
    );
  });

  it("prints the server's answer with --json, and its CSV with --csv", async () => {
    expect(JSON.parse((await run(`usage application ${ID} --json`)).out)).toEqual(USAGE);
    expect((await run(`usage api ${ID} --csv`)).out).toBe(CSV.replaceAll('\r', ''));
  });

  it.each([
    [`usage key ${ID} --api ${ID}`, `/api/am/devportal/v3/apis/${ID}/api-keys/${ID}/usage`],
    [
      `usage key ${ID} --application ${ID} --type sandbox --by day`,
      `/api/am/devportal/v3/applications/${ID}/api-keys/SANDBOX/${ID}/usage?granularity=day`,
    ],
    [
      `usage application ${ID} --from 2026-01-01 --to 2026-01-02`,
      `/api/am/devportal/v3/applications/${ID}/usage?from=2026-01-01T00%3A00%3A00.000Z&to=2026-01-02T00%3A00%3A00.000Z`,
    ],
    [`usage api ${ID} --csv`, `/api/am/publisher/v4/apis/${ID}/usage?format=csv`],
    [
      `usage key ${ID} --api ${ID} --csv --list addresses`,
      `/api/am/devportal/v3/apis/${ID}/api-keys/${ID}/usage?format=csv&list=addresses`,
    ],
    [
      `usage application ${ID} --csv --list refusals`,
      `/api/am/devportal/v3/applications/${ID}/usage?format=csv&list=refusals`,
    ],
    [`usage api ${ID} --any --csv --list calls`, `/api/am/admin/v4/usage/apis/${ID}?format=csv&list=calls`],
    [`usage key ${ID} --any`, `/api/am/admin/v4/usage/api-keys/${ID}`],
    [`usage application ${ID} --any`, `/api/am/admin/v4/usage/applications/${ID}`],
    [`usage api ${ID} --any`, `/api/am/admin/v4/usage/apis/${ID}`],
  ])('%s asks for %s', async (line, url) => {
    expect((await run(line)).code).toBe(0);
    expect(asked.at(-1)).toBe(url);
  });

  it.each([
    `key ${ID} --api a --application b`,
    `key ${ID} --type sandbox`,
    `api ${ID} --by week`,
    `key ${ID} --any --list addresses`,
    `key ${ID} --any --csv --list places`,
    `api ${ID} --any --csv --list addresses`,
    `application ${ID} --any --csv --list addresses`,
  ])('cannot be run as: usage %s', async (line) => {
    expect((await run(`usage ${line}`)).code).toBe(2);
  });
});
