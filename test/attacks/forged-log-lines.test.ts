import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { readAssembly } from '../../local/assembly/read-assembly.ts';
import { ADMIN, PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

let keybound: RunningKeybound;
let apiId: string;
let key: { keyUUID: string; apikey: string };
beforeAll(async () => {
  keybound = await runKeybound();
  apiId = await keybound.apiId('PetstoreAPI').catch(() => keybound.apiId('Petstore'));
  key = await keybound.generate('alice', apiId);
});
afterAll(() => keybound.close());

const functions = (await readAssembly(inject('assembly'))).flatMap(({ template }) =>
  Object.values(template.Resources).flatMap(({ Properties }) => Properties['FunctionName'] ?? []),
);
const usageName = functions.map(String).find((name) => name.endsWith('-usage')) ?? '';
const USAGE = `arn:aws:lambda:us-east-1:000000000000:function:${usageName}`;

/** Lines as CloudWatch Logs delivers them from a group of the attacker's, below the prefix that all groups share. */
function deliver(logGroup: string, lines: readonly string[]) {
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: '000000000000',
    logGroup,
    logStream: 'evil',
    subscriptionFilters: ['evil'],
    logEvents: lines.map((message, index) => ({ id: `${logGroup}${index}`, timestamp: Date.now(), message })),
  };
  return keybound.runner.invoke(USAGE, {
    awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') },
  });
}

const now = () => String(Math.floor(Date.now() / 1000));
const accessLine = (more: object = {}) =>
  JSON.stringify({
    keyUUID: key.keyUUID,
    applicationId: 'none',
    valueIssuedOn: '1',
    apiUUID: apiId,
    type: 'access',
    time: now(),
    stage: 'production',
    status: '200',
    sourceIp: '203.0.113.66',
    ...more,
  });
const refusalLine = () =>
  JSON.stringify({
    type: 'refusal',
    requestId: 'forged-request',
    at: Date.now(),
    reason: 'address_forbidden',
    code: '900901',
    status: 403,
    apiId,
    environment: 'PRODUCTION',
    keyUUID: key.keyUUID,
    owner: 'bob',
  });

const Usage = z.object({ totals: z.object({ calls: z.number(), refusals: z.number() }) });
const totals = async (path: string) =>
  Usage.parse((await keybound.manage('admin', 'GET', `${ADMIN}/usage/${path}`)).json).totals;

describe('lines that somebody else than the gateway of an API has written', () => {
  it('in a log group that no API has registered change nothing, whatever they say', async () => {
    const before = [await totals(`api-keys/${key.keyUUID}`), await totals(`apis/${apiId}`)];
    await deliver('/aws/vendedlogs/keybound/Evil', [
      accessLine(),
      refusalLine(),
      accessLine({ status: '500' }),
    ]);
    expect([await totals(`api-keys/${key.keyUUID}`), await totals(`apis/${apiId}`)]).toEqual(before);
    const mine = await keybound.manage('alice', 'GET', `${PORTAL}/apis/${apiId}/api-keys/${key.keyUUID}`);
    expect(mine.json).toMatchObject({ lastUsed: null });
  });

  it('that tell of a refusal are believed from the authorizer alone', async () => {
    await deliver('/aws/vendedlogs/keybound/Evil', [refusalLine()]);
    await deliver('/aws/lambda/evil', [refusalLine()]);
    for (const user of ['alice', 'bob', 'admin']) {
      const answer = await keybound.manage(user, 'GET', `${PORTAL}/refusals/forged-request`);
      expect([user, answer.status]).toEqual([user, 404]);
    }
  });

  it('that are no lines, or far too long, change nothing', async () => {
    const before = await totals(`apis/${apiId}`);
    const results = await Promise.all(
      ['"', '{"type":"access"', accessLine({ padding: 'x'.repeat(200_000) }), '\u0000', ''].map((line, at) =>
        deliver(`/aws/vendedlogs/keybound/Evil${at}`, [line]),
      ),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(results.map(() => 'returned'));
    expect(await totals(`apis/${apiId}`)).toEqual(before);
  });
});
