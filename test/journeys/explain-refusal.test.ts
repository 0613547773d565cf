import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandsOf } from '../cli/commands-of.ts';
import { PORTAL, runKeybound, SOURCE_IP_HEADER, type RunningKeybound } from '../support/run-keybound.ts';

const Refusal = z.object({
  requestId: z.string(),
  reason: z.string(),
  code: z.string(),
  seen: z.object({
    sourceIp: z.string().nullable(),
    referrer: z.string().nullable(),
    environment: z.string(),
  }),
  rule: z.string().nullable(),
});
const Refusals = z.object({ list: z.array(Refusal) });

let keybound: RunningKeybound;
let api: string;

beforeAll(async () => {
  keybound = await runKeybound();
  api = await keybound.apiId('Petstore');
});
afterAll(() => keybound.close());

const { out } = commandsOf(() => keybound);

/** Calls the Petstore and waits until the log has arrived. */
async function call(
  value: string,
  { sourceIp = '192.0.2.7', referrer = 'https://www.example.com/' } = {},
): Promise<{ readonly status: number; readonly requestId: string }> {
  const { status, headers } = await keybound.http.send({
    method: 'GET',
    url: `${keybound.runner.gatewayUrl}/v2/pet/10`,
    headers: { petstore_key: value, [SOURCE_IP_HEADER]: sourceIp, referer: referrer },
  });
  await keybound.runner.settle();
  return { status, requestId: String(headers['apigw-requestid']) };
}

const get = (user: string, path: string) => keybound.manage(user, 'GET', `${PORTAL}${path}`);
const explain = (user: string, requestId: string) => get(user, `/refusals/${encodeURIComponent(requestId)}`);

describe('a developer whose call was refused', () => {
  it('learns why from the id of its request, what a dry run says, and that the advice works', async () => {
    const additionalProperties = { permittedIP: '192.0.2.0/24', permittedReferer: '*.example.com/*' };
    const { keyUUID, apikey } = await keybound.generate('alice', api, { additionalProperties });
    expect((await call(apikey)).status).toBe(200);

    const { status, requestId } = await call(apikey, { sourceIp: '203.0.113.1' });
    expect(status).toBe(403);
    const refusal = Refusal.parse((await explain('alice', requestId)).json);
    expect(refusal).toEqual({
      requestId,
      reason: 'address_forbidden',
      code: '900908',
      seen: { sourceIp: '203.0.113.1', referrer: null, environment: 'PRODUCTION' },
      rule: 'The key permits 192.0.2.0/24.',
    });
    expect(await out('alice', ['refusals', 'explain', requestId])).toMatch(
      /^What to change +Call from a permitted address/m,
    );

    expect(await out('alice', ['usage', 'key', keyUUID])).toMatch(/^Refused +1$/m);

    const dryRun = async () => {
      const body = { keyUUID, sourceIp: '203.0.113.1', referrer: 'https://www.example.com/' };
      const answer = await keybound.manage('alice', 'POST', `${PORTAL}/apis/${api}/api-keys/dry-run`, body);
      return z.object({ allowed: z.boolean() }).parse(answer.json).allowed;
    };
    expect(await dryRun()).toBe(false);
    await keybound.manage('alice', 'PATCH', `${PORTAL}/apis/${api}/api-keys/${keyUUID}`, {
      additionalProperties: { permittedIP: '192.0.2.0/24, 203.0.113.0/24' },
    });
    expect(await dryRun()).toBe(true);
    expect((await call(apikey, { sourceIp: '203.0.113.1' })).status).toBe(200);
  });

  it('sees the refused calls of a key latest first, and neither value nor query string in them', async () => {
    const additionalProperties = { permittedIP: '', permittedReferer: 'www.example.com/*' };
    const { keyUUID, apikey } = await keybound.generate('alice', api, { additionalProperties });
    const evil = await call(apikey, { referrer: `https://evil.test/page?key=${apikey}` });
    await keybound.manage('alice', 'POST', `${PORTAL}/apis/${api}/api-keys/suspend`, { keyUUID });
    const suspended = await call(apikey);
    const listed = await get('alice', `/apis/${api}/api-keys/${keyUUID}/refusals`);
    expect(Refusals.parse(listed.json).list).toMatchObject([
      { requestId: suspended.requestId, reason: 'key_suspended' },
      {
        requestId: evil.requestId,
        reason: 'referrer_forbidden',
        seen: { referrer: 'https://evil.test/page' },
      },
    ]);
    expect(listed.text).not.toContain(apikey);
    expect(await out('alice', ['refusals', 'list', '--key', keyUUID, '--api', api])).toContain(
      suspended.requestId,
    );
  });

  it('sees nothing of a call with no known key; an administrator sees all', async () => {
    const { keyUUID, apikey } = await keybound.generate('bob', api);
    const unknown = await call(`${apikey}x`);
    await keybound.manage('bob', 'POST', `${PORTAL}/apis/${api}/api-keys/revoke`, { keyUUID });
    const revoked = await call(apikey);
    const statuses = async (user: string) => [
      (await explain(user, unknown.requestId)).status,
      (await explain(user, revoked.requestId)).status,
    ];
    expect(await statuses('alice')).toEqual([404, 404]);
    expect(await statuses('bob')).toEqual([404, 200]);
    expect(await statuses('admin')).toEqual([200, 200]);
  });
});
