import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createThrottle } from '../../../local/gateway/receive/throttle.ts';
import { api, API_ID, functions, guarded, manualClock, route, stage, startGateway } from './fixtures.ts';

const LOG = {
  destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:access',
  format: '$context.status $context.routeKey $context.error.message $context.authorizer.keyUUID',
};

describe('a token bucket', () => {
  it('lets so many through at once, and then so many a second', () => {
    const clock = manualClock();
    const throttle = createThrottle(clock);
    const limited = stage({ throttling: { rateLimit: 2, burstLimit: 3 } });
    const take = () => throttle.take(API_ID, limited, 'GET /menu');
    expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
    clock.advance(499);
    expect(take()).toBe(false);
    clock.advance(1);
    expect([take(), take()]).toEqual([true, false]);
    clock.advance(60_000);
    expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
  });

  it('is full of its own for each API, stage and route', () => {
    const throttle = createThrottle(manualClock());
    const throttling = { rateLimit: 1, burstLimit: 1 };
    const [production, sandbox] = ['production', 'sandbox'].map((name) => stage({ name, throttling }));
    if (production === undefined || sandbox === undefined) throw new Error('no stages');
    expect(throttle.take('a', production, 'GET /menu')).toBe(true);
    expect(throttle.take('a', production, 'GET /menu')).toBe(false);
    expect(throttle.take('a', production, 'POST /menu')).toBe(true);
    expect(throttle.take('a', sandbox, 'GET /menu')).toBe(true);
    expect(throttle.take('b', production, 'GET /menu')).toBe(true);
  });

  it('has the size that its route says, or else its stage', () => {
    const throttle = createThrottle(manualClock());
    const limited = stage({
      throttling: { rateLimit: 1, burstLimit: 1 },
      routeThrottling: new Map([['GET /menu', { rateLimit: 1, burstLimit: 2 }]]),
    });
    const taken = (routeKey: string) =>
      [1, 2, 3].filter(() => throttle.take(API_ID, limited, routeKey)).length;
    expect([taken('GET /menu'), taken('GET /order')]).toEqual([2, 1]);
    expect([1, 2, 3].filter(() => throttle.take(API_ID, stage(), 'GET /menu'))).toHaveLength(3);
  });

  it('never lets more through than its burst and what came back, also when the clock is set back', () => {
    const settings = fc.record({
      rateLimit: fc.integer({ min: 1, max: 50 }),
      burstLimit: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(
        settings,
        fc.array(fc.integer({ min: -200, max: 500 }), { maxLength: 200 }),
        (throttling, steps) => {
          const clock = manualClock();
          const throttle = createThrottle(clock);
          let forward = 0;
          let admitted = 0;
          for (const step of steps) {
            clock.advance(step);
            forward += Math.max(0, step);
            if (throttle.take(API_ID, stage({ throttling }), 'GET /menu')) admitted += 1;
          }
          expect(admitted).toBeLessThanOrEqual(
            throttling.burstLimit + (forward / 1_000) * throttling.rateLimit + 1e-6,
          );
        },
      ),
    );
  });
});

describe('a throttled request', () => {
  it('is 429 with a fixed body, invokes nothing, and is in the access log without a key', async () => {
    const { invoked, invoke } = functions();
    const { origin, accessLog } = await startGateway({
      apis: [
        api({
          routes: [route('GET /menu', { authorization: guarded() })],
          stages: [stage({ accessLog: LOG, throttling: { rateLimit: 0.001, burstLimit: 1 } })],
        }),
      ],
      invoke,
      clock: manualClock(),
    });
    expect((await fetch(`${origin}/menu`)).status).toBe(200);
    const before = invoked.length;
    const answer = await fetch(`${origin}/menu`);
    expect([answer.status, await answer.text()]).toEqual([429, '{"message":"Too Many Requests"}']);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(invoked).toHaveLength(before);
    expect(accessLog).toEqual(['200 GET /menu - k-1', '429 GET /menu Too Many Requests -']);
    expect((await fetch(`${origin}/nothing`)).status).toBe(404);
  });
});
