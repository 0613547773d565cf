import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { credentialItemKey } from '../../lambdas/platform/dynamodb/keys.ts';
import { PORTAL, runKeybound, SOURCE_IP_HEADER, type RunningKeybound } from '../support/run-keybound.ts';

const PUBLISHER = '/api/am/publisher/v4';
/** How long API Gateway was seen to repeat a decision after a reset. */
const RECORDED_LAG_MILLISECONDS = 1_600;
/** From a change to the reset that follows at once. */
const STREAM_MILLISECONDS = 1_500;
/** Until the reset that follows when no decision from before is on its way any more. */
const SECOND_RESET_MILLISECONDS = 13_000;
const Subscription = z.object({ subscriptionId: z.string() });

let keybound: RunningKeybound;
let open: string;
let paid: string;

beforeAll(async () => {
  keybound = await runKeybound({ app: 'test/journeys/gateway-app/app.ts' });
  open = await keybound.apiId('Open');
  paid = await keybound.apiId('Paid');
});
// What still waits for its second reset is waited for.
afterAll(() => keybound.close(), 90_000);

/** Each test calls from addresses of its own: what was decided for others is not repeated for it. */
let addresses = 0;
const newAddress = () => `192.0.2.${(addresses += 1)}`;

async function call(name: 'Open' | 'Paid', value: string, address: string): Promise<number> {
  const api = keybound.runner.assembly.apis.find((candidate) => candidate.name.startsWith(name));
  const { status } = await keybound.http.send({
    method: 'GET',
    url: `http://${String(api?.apiId)}.execute-api.localhost:${keybound.runner.gatewayPort}/production/echo`,
    headers: { 'x-echo-key': value, [SOURCE_IP_HEADER]: address },
  });
  return status;
}

/** A few calls, all of which must be answered with `status`. */
async function expectStatus(status: number, act: () => Promise<number>): Promise<void> {
  const answers: number[] = [];
  for (let index = 0; index < 5; index += 1) answers.push(await act());
  expect(answers).toEqual(Array(5).fill(status));
}

/** Calls on until a call is answered with `status`: then all are. @returns after how many milliseconds. */
async function untilStatus(status: number, act: () => Promise<number>): Promise<number> {
  const start = performance.now();
  while ((await act()) !== status && performance.now() - start < 25_000) await delay(20);
  const took = performance.now() - start;
  await expectStatus(status, act);
  return took;
}

const manage = async (user: string, path: string, body?: unknown) => {
  const answer = await keybound.manage(user, 'POST', path, body);
  expect(answer.status, `${path}: ${answer.text}`).toBeLessThan(300);
  return answer.json;
};
const onKey = (apiId: string, verb: string, body: object) =>
  manage('alice', `${PORTAL}/apis/${apiId}/api-keys/${verb}`, body);

/** Lets a key be refused by the table, without a change that anybody would be told of. */
async function refuseBehindTheGateway(value: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: keybound.runner.dynamoDbEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { TableNames: names = [] } = await client.send(new ListTablesCommand({}));
  await DynamoDBDocumentClient.from(client).send(
    new UpdateCommand({
      TableName: names.find((name) => name.startsWith('Gateway-Core')),
      Key: credentialItemKey(digestKeyValue(value)),
      UpdateExpression: 'SET #status = :status',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': 'SUSPENDED' },
    }),
  );
  client.destroy();
}

describe('an API whose gateway repeats decisions', () => {
  it('asks the authorizer once for a key and an address, and anew for another address', async () => {
    const { apikey } = await keybound.generate('alice', open);
    const [here, there] = [newAddress(), newAddress()];
    await expectStatus(200, () => call('Open', apikey, here));
    await refuseBehindTheGateway(apikey);
    await expectStatus(200, () => call('Open', apikey, here));
    await expectStatus(403, () => call('Open', apikey, there));
  });

  it('refuses a call without a key by itself', async () => {
    const api = keybound.runner.assembly.apis.find(({ name }) => name.startsWith('Open'));
    const url = `http://${String(api?.apiId)}.execute-api.localhost:${keybound.runner.gatewayPort}/production/echo`;
    expect((await keybound.http.send({ method: 'GET', url, headers: {} })).status).toBe(401);
  });

  it('looks at a restriction on addresses', async () => {
    const [allowed, refused] = [newAddress(), newAddress()];
    const { apikey } = await keybound.generate('alice', open, {
      additionalProperties: { permittedIP: allowed },
    });
    await expectStatus(200, () => call('Open', apikey, allowed));
    await expectStatus(403, () => call('Open', apikey, refused));
  });

  it('accepts no call with a revoked key once the recorded lag is over', async () => {
    const { keyUUID, apikey } = await keybound.generate('alice', open);
    const address = newAddress();
    await expectStatus(200, () => call('Open', apikey, address));
    await onKey(open, 'revoke', { keyUUID });
    const took = await untilStatus(401, () => call('Open', apikey, address));
    expect(took).toBeLessThan(STREAM_MILLISECONDS + RECORDED_LAG_MILLISECONDS);
  });

  it('refuses a suspended key, and accepts it when it is resumed', async () => {
    const { keyUUID, apikey } = await keybound.generate('alice', open);
    const address = newAddress();
    const act = () => call('Open', apikey, address);
    await expectStatus(200, act);
    await onKey(open, 'suspend', { keyUUID });
    expect(await untilStatus(403, act)).toBeLessThan(STREAM_MILLISECONDS + RECORDED_LAG_MILLISECONDS);
    await onKey(open, 'resume', { keyUUID });
    expect(await untilStatus(200, act)).toBeLessThan(STREAM_MILLISECONDS + RECORDED_LAG_MILLISECONDS);
  });

  it('follows the blocking and unblocking of a subscription', async () => {
    const applicationUUID = await keybound.subscriber('alice', paid);
    const { keyUUID, apikey } = await keybound.generate('alice', paid);
    await onKey(paid, 'associate', { keyUUID, applicationUUID });
    const address = newAddress();
    const act = () => call('Paid', apikey, address);
    await expectStatus(200, act);
    const answer = await keybound.manage(
      'alice',
      'GET',
      `${PORTAL}/subscriptions?applicationId=${applicationUUID}`,
    );
    const { list } = z.object({ list: z.array(Subscription) }).parse(answer.json);
    const id = `subscriptionId=${list[0]?.subscriptionId ?? ''}`;
    await manage('publisher', `${PUBLISHER}/subscriptions/block-subscription?${id}&blockState=BLOCKED`);
    await untilStatus(403, act);
    await manage('publisher', `${PUBLISHER}/subscriptions/unblock-subscription?${id}`);
    await untilStatus(200, act);
  });

  it('follows its own lifecycle, as late as the authorizer may remember the state before', async () => {
    const { apikey } = await keybound.generate('alice', open);
    const address = newAddress();
    const act = () => call('Open', apikey, address);
    await expectStatus(200, act);
    const change = (action: string) =>
      manage('publisher', `${PUBLISHER}/apis/change-lifecycle?apiId=${open}&action=${action}`);
    await change('Block');
    expect(await untilStatus(403, act)).toBeLessThan(SECOND_RESET_MILLISECONDS + RECORDED_LAG_MILLISECONDS);
    await change('Re-Publish');
    await untilStatus(200, act);
  }, 60_000);

  it('follows the end of a key, and of a grace period', async () => {
    const expiring = await keybound.generate('alice', open, { validityPeriod: 6 });
    const graced = await keybound.generate('alice', open);
    await onKey(open, 'regenerate', { keyUUID: graced.keyUUID, gracePeriod: 6 });
    const addressOf = newAddress();
    for (const { apikey } of [expiring, graced]) {
      await expectStatus(200, () => call('Open', apikey, addressOf));
    }
    const run = keybound.runner.fireSchedule('keybound-local-ends');
    for (const { apikey } of [expiring, graced]) {
      const took = await untilStatus(401, () => call('Open', apikey, addressOf));
      expect(took).toBeLessThan(6_000 + STREAM_MILLISECONDS + RECORDED_LAG_MILLISECONDS);
    }
    await run;
  }, 60_000);

  it('takes no key, subscription or policy that it could not enforce', async () => {
    const refused = async (status: number, method: string, path: string, body: object) => {
      const answer = await keybound.manage('alice', method, `${PORTAL}${path}`, body);
      expect([answer.status, answer.text]).toEqual([status, expect.stringContaining('cannot enforce')]);
    };
    const referrer = { additionalProperties: { permittedReferer: 'www.example.com/*' } };
    await refused(400, 'POST', `/apis/${open}/api-keys/generate`, referrer);
    const { keyUUID } = await keybound.generate('alice', open);
    await refused(400, 'PATCH', `/apis/${open}/api-keys/${keyUUID}`, referrer);
    const applicationId = await keybound.subscriber('alice', paid);
    await refused(400, 'POST', `/applications/${applicationId}/api-keys/PRODUCTION/generate`, referrer);
    const limited = { name: 'Limited', throttlingPolicy: '10PerMin' };
    await refused(409, 'PUT', `/applications/${applicationId}`, limited);
    const created = await keybound.manage('alice', 'POST', `${PORTAL}/applications`, limited);
    await refused(409, 'POST', '/subscriptions', {
      ...z.object({ applicationId: z.string() }).parse(created.json),
      apiId: paid,
      throttlingPolicy: 'Unlimited',
    });
  });

  it('lost no reset on the way', () => {
    const lines = keybound.lines.filter(({ line }) => /reset_(failed|delayed)|unreadable_change/.test(line));
    expect(lines).toEqual([]);
    expect(keybound.lines.filter(({ source }) => source === 'runner')).toEqual([]);
  });
});
