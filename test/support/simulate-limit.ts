import { createLeases, type Counters } from '../../lambdas/functions/authorizer/lease-calls.ts';
import type { Limit } from '../../lambdas/core/limits/limit.ts';

export interface Simulation {
  readonly limit: Limit;
  readonly instances: number;
  /** Calls of each window, of all instances together, as a multiple of the limit. */
  readonly demand: number;
  readonly windows: number;
  readonly windowSeconds: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Which instance takes a call; default: any of them alike. */
  readonly chooseInstance?: (random: () => number) => number;
}

export interface SimulatedWindow {
  readonly calls: number;
  readonly admitted: number;
  /** Of the counter, those that failed included. */
  readonly writes: number;
  readonly reads: number;
}

/**
 * Lets calls that come at random (as a Poisson process) take from a limit through instances that share a counter in
 * memory, and counts window by window. Nothing in it waits: its clock is the calls' own.
 */
export async function simulateLimit(simulation: Simulation): Promise<readonly SimulatedWindow[]> {
  const { limit, instances, demand, windows, windowSeconds, random } = simulation;
  const cost = { writes: 0, reads: 0 };
  const counters = countersInMemory(cost);
  const books = Array.from({ length: instances }, () => createLeases(counters));
  const choose = simulation.chooseInstance ?? ((next) => Math.floor(next() * instances));
  const pause = (windowSeconds * 1000) / (demand * limit.requestCount);
  const start = Math.ceil(1_800_000_000 / windowSeconds) * windowSeconds * 1000;
  const results: SimulatedWindow[] = [];
  let at = start;
  for (let window = 0; window < windows; window += 1) {
    const end = start + (window + 1) * windowSeconds * 1000;
    const before = { ...cost };
    let calls = 0;
    let admitted = 0;
    for (; at < end; at -= Math.log(1 - random()) * pause) {
      calls += 1;
      const take = books[choose(random)];
      if (take === undefined) throw new Error('there is no such instance');
      if ((await take(limit, Math.floor(at))).admitted) admitted += 1;
    }
    results.push({
      calls,
      admitted,
      writes: cost.writes - before.writes,
      reads: cost.reads - before.reads,
    });
  }
  return results;
}

/** A counter with the conditions of the table's. */
export function countersInMemory(cost: { writes: number; reads: number }): Counters {
  const used = new Map<string, number>();
  const nameOf = (...[limit, window]: Parameters<Counters['read']>) =>
    `${limit.scope}#${limit.id}#${window.name}`;
  return {
    read: (limit, window) => {
      cost.reads += 1;
      return Promise.resolve(used.get(nameOf(limit, window)) ?? 0);
    },
    lease: (limit, window, count, atMost) => {
      cost.writes += 1;
      const before = used.get(nameOf(limit, window)) ?? 0;
      if (before + count > atMost) return Promise.resolve({ leased: false, used: before });
      used.set(nameOf(limit, window), before + count);
      return Promise.resolve({ leased: true, used: before + count });
    },
    isThrottle: () => false,
  };
}
