import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLeases, type Counters } from '../../../lambdas/functions/authorizer/lease-calls.ts';
import type { Limit } from '../../../lambdas/core/limits/limit.ts';
import { countersInMemory, simulateLimit, type SimulatedWindow } from '../../support/simulate-limit.ts';

const perMinute = (requestCount: number, more: Partial<Limit> = {}): Limit => ({
  level: 'subscription',
  policy: 'Plan',
  requestCount,
  span: { unitTime: 1, timeUnit: 'min' },
  scope: 'SUBSCRIPTION',
  id: 'subscription',
  stops: true,
  onCounterFailure: 'REFUSE',
  ...more,
});
const NOON = Date.parse('2026-11-28T12:00:00Z');

/** A generator of numbers in [0, 1) that goes the same way for the same seed (Numerical Recipes' constants). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

const total = (windows: readonly SimulatedWindow[], what: keyof SimulatedWindow) =>
  windows.reduce((sum, window) => sum + window[what], 0);

describe('fifty instances that share a limit', () => {
  const run = (requestCount: number, demand: number, seed = 1) =>
    simulateLimit({
      limit: perMinute(requestCount),
      instances: 50,
      demand,
      windows: 20,
      windowSeconds: 60,
      random: seeded(seed),
    });

  it.each([
    [1_000, 2],
    [1_000, 4],
    [1_000, 10],
    [5_000, 2],
    [5_000, 10],
  ])(
    'admit at most %i a minute, at least 95 percent of it, with a write for 20 calls, at %i times the limit',
    async (limit, demand) => {
      for (const seed of [1, 2, 3]) {
        const windows = await run(limit, demand, seed);
        for (const { admitted } of windows) {
          expect(admitted).toBeLessThanOrEqual(limit);
          expect(admitted).toBeGreaterThanOrEqual(0.95 * limit);
        }
        // From the very start of the instances on, which know nothing in the first window.
        expect(total(windows, 'admitted') / total(windows, 'writes')).toBeGreaterThanOrEqual(20);
        // Once instances know how many calls come to them, each window does so by itself.
        for (const { admitted, writes } of windows.slice(1)) expect(admitted / writes).toBeGreaterThan(20);
      }
    },
  );

  it('lose at most twice what they have used, when calls come to all of them first and then to few', async () => {
    for (const seed of [1, 2, 3]) {
      const random = seeded(seed);
      let calls = 0;
      const [window] = await simulateLimit({
        limit: perMinute(1_000),
        instances: 50,
        demand: 4,
        windows: 1,
        windowSeconds: 60,
        random,
        chooseInstance: (next) => Math.floor(next() * ((calls += 1) < 300 ? 50 : 8)),
      });
      expect(window?.admitted).toBeLessThanOrEqual(1_000);
      expect(window?.admitted).toBeGreaterThanOrEqual(750);
    }
  });

  it.each([2, 5, 10])('admit exactly 10 a minute at %i times that limit', async (demand) => {
    const windows = await run(10, demand);
    expect(windows.map(({ admitted, calls }) => [admitted, calls >= 10])).toEqual(
      windows.map(() => [10, true]),
    );
  });

  it('admit nearly every call where fewer come than the limit, however they are spread', async () => {
    for (const demand of [0.2, 0.5, 0.8]) {
      const windows = await run(1_000, demand);
      expect(total(windows, 'admitted')).toBeGreaterThanOrEqual(0.99 * total(windows, 'calls'));
    }
  });

  it('never admit more than the limit, whatever comes when to whom', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 30_000 })), { maxLength: 200 }),
        async (requestCount, calls) => {
          const counters = countersInMemory({ writes: 0, reads: 0 });
          const instances = Array.from({ length: 5 }, () => createLeases(counters));
          const admitted = new Map<number, number>();
          let now = NOON;
          for (const [instance, pause] of calls) {
            now += pause;
            const take = instances[instance];
            const taken = await take?.(perMinute(requestCount), now);
            const minute = Math.floor(now / 60_000);
            if (taken?.admitted === true) admitted.set(minute, (admitted.get(minute) ?? 0) + 1);
          }
          for (const count of admitted.values()) expect(count).toBeLessThanOrEqual(requestCount);
        },
      ),
    );
  });
});

describe('one instance that leases calls of a limit', () => {
  const cost = () => ({ writes: 0, reads: 0 });

  it('says what is left and when the next window begins', async () => {
    const take = createLeases(countersInMemory(cost()));
    const at = NOON + 20_000;
    const first = await take(perMinute(3), at);
    expect(first).toMatchObject({
      admitted: true,
      exceeded: false,
      state: { level: 'subscription', policy: 'Plan', limit: 3, windowSeconds: 60, remaining: 2 },
    });
    expect(first.state.nextAccessEpochSeconds).toBe(NOON / 1000 + 60);
    await take(perMinute(3), at);
    expect((await take(perMinute(3), at)).state.remaining).toBe(0);
    const refused = await take(perMinute(3), at + 39_999);
    expect(refused).toMatchObject({ admitted: false, exceeded: true, state: { remaining: 0 } });
    expect(await take(perMinute(3), at + 40_000)).toMatchObject({ admitted: true, state: { remaining: 2 } });
  });

  it('asks the counter no more in a window that it knows to be used up', async () => {
    const asked = cost();
    const take = createLeases(countersInMemory(asked));
    for (let call = 0; call < 50; call += 1) await take(perMinute(5), NOON);
    expect(asked).toEqual({ writes: 5, reads: 0 });
  });

  it('gives a call back, for the next to have it', async () => {
    const asked = cost();
    const take = createLeases(countersInMemory(asked));
    (await take(perMinute(1), NOON)).giveBack();
    expect((await take(perMinute(1), NOON)).admitted).toBe(true);
    expect((await take(perMinute(1), NOON)).admitted).toBe(false);
    expect(asked.writes).toBe(1);
  });

  it('follows a limit that is raised or lowered within a window', async () => {
    const take = createLeases(countersInMemory(cost()));
    for (let call = 0; call < 3; call += 1) await take(perMinute(2), NOON);
    expect((await take(perMinute(2), NOON)).admitted).toBe(false);
    expect((await take(perMinute(3), NOON)).admitted).toBe(true);
    expect((await take(perMinute(1), NOON)).admitted).toBe(false);
  });

  it.each<[string, Limit, Limit]>([
    ['that is lowered', perMinute(1_000), perMinute(20)],
    ['that only counted and now stops', perMinute(200, { stops: false }), perMinute(200)],
  ])('admits nothing of what it leased of a limit %s', async (_, before, after) => {
    const asked = cost();
    const take = createLeases(countersInMemory(asked));
    for (let call = 0; call < 201; call += 1) await take(before, NOON + call);
    // Some calls are leased and left.
    expect(asked.writes).toBeLessThan(201);
    expect((await take(after, NOON + 201)).admitted).toBe(false);
  });

  it('counts past a limit that does not stop, and says so', async () => {
    const asked = cost();
    const take = createLeases(countersInMemory(asked));
    const limit = perMinute(2, { stops: false });
    const taken = [];
    for (let call = 0; call < 4; call += 1) taken.push(await take(limit, NOON));
    expect(taken.map(({ admitted }) => admitted)).toEqual([true, true, true, true]);
    expect(taken.map(({ exceeded }) => exceeded)).toEqual([false, false, true, true]);
    expect(taken.map(({ state }) => state.remaining)).toEqual([1, 0, 0, 0]);
    expect(asked.writes).toBe(4);
  });

  it('takes what others leave, and refuses when they leave nothing', async () => {
    const counters = countersInMemory(cost());
    const [one, other] = [createLeases(counters), createLeases(counters)];
    const limit = perMinute(40);
    let admitted = 0;
    for (let call = 0; call < 100; call += 1) {
      if ((await one(limit, NOON + call)).admitted) admitted += 1;
      if ((await other(limit, NOON + call)).admitted) admitted += 1;
    }
    expect(admitted).toBe(40);
  });

  it('throws when the counter fails, asks nothing for a second, then tries again', async () => {
    let fails = true;
    let asked = 0;
    const counters = countersInMemory(cost());
    const failing: Counters = {
      ...counters,
      lease: (...lease) => {
        asked += 1;
        return fails ? Promise.reject(new Error('no answer')) : counters.lease(...lease);
      },
    };
    const take = createLeases(failing);
    await expect(take(perMinute(5), NOON)).rejects.toThrow('no answer');
    await expect(take(perMinute(5), NOON + 999)).rejects.toThrow('no answer');
    expect(asked).toBe(1);
    fails = false;
    expect((await take(perMinute(5), NOON + 1_000)).admitted).toBe(true);
  });

  it('lets a counter that is throttled fail for a second, and no other', async () => {
    const counters = countersInMemory(cost());
    const asked: string[] = [];
    const take = createLeases({
      ...counters,
      lease: (...lease) => {
        const [{ id }] = lease;
        asked.push(id);
        return id === 'busy' ? Promise.reject(new Error('throttled')) : counters.lease(...lease);
      },
      isThrottle: (error) => error instanceof Error && error.message === 'throttled',
    });
    const busy = perMinute(5, { id: 'busy' });
    await expect(take(busy, NOON)).rejects.toThrow('throttled');
    expect((await take(perMinute(5), NOON)).admitted).toBe(true);
    await expect(take(busy, NOON + 999)).rejects.toThrow('throttled');
    expect(asked).toEqual(['busy', 'subscription']);
    await expect(take(busy, NOON + 1_000)).rejects.toThrow('throttled');
    expect(asked).toHaveLength(3);
  });

  it('keeps counters of different scopes and ids apart', async () => {
    const take = createLeases(countersInMemory(cost()));
    const limits = [
      perMinute(1),
      perMinute(1, { id: 'another' }),
      perMinute(1, { scope: 'APPLICATION' }),
      perMinute(1, { scope: 'SUBSCRIPTION-BURST', span: { unitTime: 1, timeUnit: 'sec' } }),
    ];
    for (const limit of limits) expect((await take(limit, NOON)).admitted).toBe(true);
    for (const limit of limits) expect((await take(limit, NOON)).admitted).toBe(false);
  });
});
