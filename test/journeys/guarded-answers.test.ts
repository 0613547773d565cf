import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PORTAL, type RunningKeybound } from '../support/run-keybound.ts';
import { openSampleCalls, type SampleCalls } from './sample-calls.ts';

const AccessLine = z.looseObject({ type: z.literal('access'), requestId: z.string(), keyUUID: z.string() });
const RefusalLine = z.looseObject({ type: z.literal('refusal'), requestId: z.string(), reason: z.string() });

let keybound: RunningKeybound;
let pizza: string;
let change: SampleCalls['change'];
let working: SampleCalls['working'];
let call: SampleCalls['call'];
let menu: SampleCalls['menu'];

beforeAll(async () => {
  ({ keybound, pizza, change, working, call, menu } = await openSampleCalls());
});
afterAll(() => keybound.close());

describe('over the limit of a guarded backend,', () => {
  it('the 429 says which, and when to call again, and allowed calls say what is left', async () => {
    const policyName = 'TwoADay';
    const policy = await keybound.manage(
      'admin',
      'POST',
      '/api/am/admin/v4/throttling/policies/subscription',
      {
        policyName,
        defaultLimit: {
          type: 'REQUESTCOUNTLIMIT',
          requestCount: { timeUnit: 'day', unitTime: 1, requestCount: 2 },
        },
      },
    );
    expect(policy.status).toBe(201);
    const application = z.object({ applicationId: z.string() }).parse(
      (
        await keybound.manage('alice', 'POST', `${PORTAL}/applications`, {
          name: 'Limited',
          throttlingPolicy: 'Unlimited',
        })
      ).json,
    ).applicationId;
    await keybound.manage('alice', 'POST', `${PORTAL}/subscriptions`, {
      applicationId: application,
      apiId: pizza,
      throttlingPolicy: policyName,
    });
    const { keyUUID, apikey } = await keybound.generate('alice', pizza);
    await change(pizza, 'associate', { keyUUID, applicationUUID: application });

    const secondsLeft = () => 86_400 - (Math.floor(Date.now() / 1_000) % 86_400);
    const before = secondsLeft();
    const answers = [await menu(apikey), await menu(apikey), await menu(apikey)];
    const after = secondsLeft();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-policy'])).toEqual(
      Array(3).fill('"subscription";q=2;w=86400'),
    );
    const left = answers.map(({ headers }) =>
      /^"subscription";r=(\d+);t=(\d+)$/.exec(String(headers['ratelimit']))?.slice(1).map(Number),
    );
    expect(left.map((each) => each?.[0])).toEqual([1, 0, 0]);
    const refusal = answers[2];
    for (const seconds of [...left.map((each) => each?.[1]), Number(refusal?.headers['retry-after'])]) {
      expect(seconds).toBeLessThanOrEqual(before);
      expect(seconds).toBeGreaterThanOrEqual(after);
    }
    const tomorrow = new Date(Date.now() + after * 1_000 + 500);
    const date = tomorrow.toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) .*$/, '$3-$2-$1');
    expect(refusal?.text).toBe(
      '{"code":"900804","message":"Message throttled out","description":"The subscription has used up the limit of ' +
        `its business plan.","nextAccessTime":"${date} 00:00:00+0000 UTC"}`,
    );
    expect(refusal?.headers['cache-control']).toBe('no-store');
  });
});

describe('whatever a client sends,', () => {
  const claims = { decision: 'allow', keyUUID: 'forged', owner: 'admin', ratelimit: 'none', status: '200' };
  const query = new URLSearchParams(claims).toString();

  it('a refused call stays refused', async () => {
    const context = JSON.stringify({ requestContext: { authorizer: { lambda: claims } } });
    const answers = await Promise.all([
      call(`/pizzashack/1.0.0/menu?${query}`, claims),
      call(`/pizzashack/1.0.0/menu?${query}&requestContext=${encodeURIComponent(context)}`),
      keybound.http.send({
        method: 'POST',
        url: `${keybound.runner.gatewayUrl}/pizzashack/1.0.0/order?${query}`,
        headers: { 'content-type': 'application/json', 'x-keybound-owner': 'admin' },
        body: context,
      }),
      call(`/v2/pet/1?${query}`, { ...claims, cookie: 'decision=allow' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it('the access log names no key for a refused call, and the line of the refusal says why', async () => {
    const { apikey, keyUUID } = await working({ keyType: 'SANDBOX' });
    const answer = await menu(apikey, claims);
    expect(answer.status).toBe(403);
    const requestId = answer.headers['apigw-requestid'];
    await keybound.runner.settle();
    const lines = keybound.lines.flatMap(({ line }): unknown[] => {
      try {
        return [z.unknown().parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
    const access = lines.flatMap((line) => AccessLine.safeParse(line).data ?? []);
    expect(access.filter((line) => line.requestId === requestId)).toEqual([
      expect.objectContaining({ keyUUID: 'none', owner: 'none', status: '403' }),
    ]);
    const refusals = lines.flatMap((line) => RefusalLine.safeParse(line).data ?? []);
    expect(refusals.filter((line) => line.requestId === requestId)).toEqual([
      expect.objectContaining({ reason: 'environment_mismatch', keyUUID }),
    ]);
  });
});

describe('pages of other origins', () => {
  it('may read a refusal of PizzaShack, and what its headers say', async () => {
    const { headers, status } = await menu(undefined, { origin: 'https://pages.example' });
    expect(status).toBe(401);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(String(headers['access-control-expose-headers']).split(',')).toEqual([
      'ratelimit',
      'ratelimit-policy',
      'retry-after',
      'www-authenticate',
      'x-amzn-remapped-www-authenticate',
    ]);
  });

  it('still get their preflight answered without a key', async () => {
    const answer = await keybound.http.send({
      method: 'OPTIONS',
      url: `${keybound.runner.gatewayUrl}/pizzashack/1.0.0/menu`,
      headers: { origin: 'https://pages.example', 'access-control-request-method': 'GET' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-headers']).toBe('apikey,content-type');
  });
});
