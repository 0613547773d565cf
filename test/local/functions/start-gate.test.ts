import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createStartGate } from '../../../local/functions/start-gate.ts';

describe('the gate that instances start through', () => {
  it('lets so many of them start at a time, in their order', async () => {
    const pass = createStartGate(2);
    const started: string[] = [];
    const starts = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...Promise.withResolvers<undefined>() }));
    for (const { name, promise } of starts) {
      pass(() => {
        started.push(name);
        return promise;
      });
    }
    expect(started).toEqual(['a', 'b']);
    starts[1]?.resolve(undefined);
    await setImmediate();
    expect(started).toEqual(['a', 'b', 'c']);
    starts[0]?.resolve(undefined);
    await setImmediate();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });
});
