import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { REFUSAL_CAPS } from '../../lambdas/core/refusals/refusal-caps.ts';
import { BATCH_PARTITION_PREFIX } from '../../lambdas/platform/dynamodb/keys.ts';
import { HOLDER_HEADER } from '../../lambdas/contract/roles.ts';
import { runKeybound, SOURCE_IP_HEADER, type RunningKeybound } from '../support/run-keybound.ts';
import { readTable } from '../support/table-contents.ts';

type Headers = Readonly<Record<string, string>>;

let server: Server;
let reached: { readonly path: string; readonly headers: Record<string, unknown> }[];
let keybound: RunningKeybound;

beforeAll(async () => {
  server = createServer((incoming, response) => {
    reached.push({ path: incoming.url ?? '', headers: incoming.headers });
    if (incoming.url?.endsWith('/slow') !== true) response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['ATTACKED_URL'] = `http://127.0.0.1:${portOf(server)}`;
  keybound = await runKeybound({ app: 'test/attacks/attacked-app/app.ts', maxInstances: 4 });
});
afterAll(async () => {
  await keybound.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  reached = [];
});

function portOf(listening: Server): number {
  const address: AddressInfo | string | null = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return address.port;
}

/** Sends a path as it is: a URL would be made canonical first. */
function call(api: string, path: string, headers: Headers = {}): Promise<{ status: number; body: string }> {
  const found = keybound.runner.assembly.apis.find(({ name }) => name.startsWith(api));
  const host = `${String(found?.apiId)}.execute-api.localhost`;
  return new Promise((resolve, reject) => {
    const { gatewayPort } = keybound.runner;
    const sent = request(
      { host: '127.0.0.1', port: gatewayPort, path: `/production${path}`, headers: { host, ...headers } },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    sent.on('error', reject).end();
  });
}

/** Sends them all, some forty at a time. */
async function inCrowds<T>(sends: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < sends.length; start += 40) {
    results.push(...(await Promise.all(sends.slice(start, start + 40).map((send) => send()))));
  }
  return results;
}

const keyOf = async (api: string, body: object = {}) =>
  (await keybound.generate('alice', await keybound.apiId(api), body)).apikey;

const RefusalLine = z.looseObject({ type: z.literal('refusal'), count: z.number() });

/** What the table and the logs hold. */
async function written() {
  await keybound.runner.settle();
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: keybound.runner.dynamoDbEndpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
  );
  const tableName = z
    .string()
    .parse(
      [...keybound.runner.assembly.outputs.values()].map((values) => values.get('TableName')).find(Boolean),
    );
  const items = await readTable({ client, tableName, clock: Date.now });
  client.destroy();
  const functionLines = keybound.lines.filter(({ source }) => source === 'function');
  const told = functionLines.flatMap(({ line }) => RefusalLine.safeParse(parsed(line)).data ?? []);
  return {
    records: items.filter(({ sk }) => sk === 'REFUSAL').length,
    items: items.filter(({ pk }) => !pk.startsWith(BATCH_PARTITION_PREFIX)).length,
    markers: items.filter(({ pk }) => pk.startsWith(BATCH_PARTITION_PREFIX)).length,
    lines: functionLines.length,
    told: told.reduce((sum, { count }) => sum + count, 0),
    accessLines: keybound.lines.filter(({ source }) => source === 'access-log').length,
  };
}

function parsed(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch {
    return undefined;
  }
}

describe('a flood of 2,000 calls without a valid key', () => {
  it('writes no more than documented, and all of it is counted', async () => {
    const before = await written();
    const junk = Array.from({ length: 2_000 }, (_, index) => {
      const headers: Headers[] = [
        {},
        { apikey: `junk-${index}` },
        { apikey: createKeyValue('kb', 'PRODUCTION') },
      ];
      return () => call('Plain', '/menu', headers[index % 3]);
    });
    const answers = await inCrowds(junk);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(reached).toEqual([]);

    const after = await written();
    const { linesOfAnInstance, items } = REFUSAL_CAPS.withoutKey;
    const [instances, reasons] = [4, 3];
    // Of each reason: calls told of one by one, each with the line of the runtime about its 401, and then counts, one
    // for each doubling or minute.
    const counts = Math.ceil(Math.log2(2_000)) + 5;
    expect(after.lines - before.lines).toBeLessThanOrEqual(
      instances * reasons * (2 * linesOfAnInstance + counts),
    );
    // An hour can begin meanwhile.
    expect(after.records - before.records).toBeLessThanOrEqual(2 * reasons * items);
    // Beside the records: for each of two hours the numbers of the API, and the places that the records take.
    expect(after.items - before.items).toBeLessThanOrEqual(2 * reasons * items + 2 + 2 * reasons);
    // How many batches the log comes in is CloudWatch's affair; each leaves one marker.
    expect(after.markers - before.markers).toBeLessThanOrEqual(
      after.accessLines - before.accessLines + after.lines - before.lines,
    );
    expect(after.told - before.told).toBeGreaterThan(1_000);
    expect(after.told - before.told).toBeLessThanOrEqual(2_000);
    expect(after.accessLines - before.accessLines).toBe(2_000);
  });

  it('is stopped by the throttle of its route before the authorizer is asked', async () => {
    const before = await written();
    const answers = await inCrowds(Array.from({ length: 2_000 }, () => () => call('Throttled', '/menu')));
    const refused = answers.filter(({ status }) => status === 401).length;
    expect(refused).toBeGreaterThanOrEqual(25);
    expect(refused).toBeLessThan(30);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(2_000 - refused);
    expect(answers.at(-1)).toEqual({ status: 429, body: '{"message":"Too Many Requests"}' });
    const after = await written();
    expect(after.lines - before.lines).toBeLessThanOrEqual(2 * refused);
    expect((await call('Throttled', '/files/a')).status).toBe(401);
  });

  it('at the open routes of holders is throttled, and writes nothing', async () => {
    const before = await written();
    const revoke = (value: string) => () =>
      keybound.http.send({
        method: 'POST',
        url: `${keybound.runner.managementUrl}/api/keybound/v1/self-revoke`,
        headers: { [HOLDER_HEADER]: value },
      });
    const answers = await inCrowds(
      Array.from({ length: 2_000 }, (_, index) =>
        revoke(index % 2 === 0 ? `junk-${index}` : createKeyValue('kb', 'PRODUCTION')),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(1_000);
    const after = await written();
    expect([after.items, after.lines]).toEqual([before.items, before.lines]);
  });
});

describe('a path that could be taken for another', () => {
  it.each([
    '/files/../../sandbox/secret',
    '/files/%2e%2e/%2e%2e/sandbox/secret',
    '/files/%252e%252e/secret',
    '/files/%25252e%25252e/secret',
    '/files/..%2f..%2fsandbox',
    '/files/..%5c..%5csandbox',
    '/files/a%25252f..%25252fb',
    '/files/..;/admin',
    '/files/a%00.png',
    '/files/a%0d%0aX-Injected:1',
    '/files/a%23b',
    '/pets/%2e%2e',
    '/pets/..',
  ])('never reaches a server behind a URL, not even with a good key: %s', async (path) => {
    const { status } = await call('Plain', path, { apikey: await keyOf('Plain') });
    expect(status).toBe(403);
    expect(reached).toEqual([]);
  });

  it.each(['/files/a/b.png', '/files/.well-known/x', '/files/a%20b', '/pets/7;v=1'])(
    'is not one that means just what it says: %s',
    async (path) => {
      expect((await call('Plain', path, { apikey: await keyOf('Plain') })).status).toBe(200);
      expect(reached).toHaveLength(1);
    },
  );

  it('is refused, too, while API Gateway repeats the decision about a good one', async () => {
    const apikey = await keyOf('Repeated');
    expect((await call('Repeated', '/files/a', { apikey })).status).toBe(200);
    expect((await call('Repeated', '/files/../../sandbox', { apikey })).status).toBe(403);
    expect((await call('Repeated', '/files/a', { apikey })).status).toBe(200);
    expect(reached.map(({ path }) => path)).toEqual(['/production/files/a', '/production/files/a']);
  });
});

describe('a client behind a CDN', () => {
  const [edge, client, elsewhere] = ['203.0.113.9', '198.51.100.7', '192.0.2.1'];
  const secret = { 'x-edge-proof': 'the secret of the edges' };
  const from = (address: string, more: Headers = {}) => ({ [SOURCE_IP_HEADER]: address, ...more });

  it('is known by its own address only when an edge that proves itself says so', async () => {
    const apikey = await keyOf('Behind', { additionalProperties: { permittedIP: client } });
    const status = async (headers: Headers) => (await call('Behind', '/menu', { apikey, ...headers })).status;
    expect(await status(from(edge, { ...secret, 'x-forwarded-for': client }))).toBe(200);
    expect(reached.at(-1)?.headers).not.toHaveProperty('x-edge-proof');
    expect(await status(from(client))).toBe(200);
    for (const forged of [
      from(elsewhere, { ...secret, 'x-forwarded-for': client }),
      from(edge, { 'x-forwarded-for': client }),
      from(edge, { 'x-edge-proof': 'guessed', 'x-forwarded-for': client }),
      from(edge, { ...secret, 'x-forwarded-for': `${client}, ${elsewhere}` }),
      from(edge, { ...secret }),
    ]) {
      expect(await status(forged)).toBe(403);
    }
  });
});

describe('a backend that does not answer', () => {
  it('is given up after the time of the property', async () => {
    const answer = await call('Plain', '/files/slow', { apikey: await keyOf('Plain') });
    expect(answer).toEqual({ status: 503, body: '{"message":"Service Unavailable"}' });
    expect(reached).toHaveLength(1);
  });
});
