import { describe, expect, it } from 'vitest';
import { remember, STATE_MAX_AGE_MILLISECONDS } from '../../../lambdas/functions/authorizer/remember.ts';
import type { ApiState } from '../../../lambdas/core/apis/managed-api.ts';

const published: ApiState = { gatewayApiId: 'gw', lifecycle: 'PUBLISHED' };
const blocked: ApiState = { gatewayApiId: 'gw', lifecycle: 'BLOCKED' };

/** A memory over answers that a test sets, with a clock that it moves. */
function memory(first: ApiState | undefined, limit = 100) {
  const world = { now: 1_000_000, answer: first, fails: false, takes: 0 };
  const asked: string[] = [];
  const read = (apiId: string): Promise<ApiState | undefined> => {
    asked.push(apiId);
    world.now += world.takes;
    return world.fails ? Promise.reject(new Error('the table is away')) : Promise.resolve(world.answer);
  };
  return {
    world,
    asked,
    recall: remember(read, {
      clock: () => world.now,
      maxAgeMilliseconds: STATE_MAX_AGE_MILLISECONDS,
      limit,
    }),
  };
}

describe('the memory of API states', () => {
  it('asks once for calls within five seconds, and again after them', async () => {
    const { world, asked, recall } = memory(published);
    await recall('pizza');
    world.answer = blocked;
    world.now += 4_999;
    expect(await recall('pizza')).toEqual(published);
    expect(asked).toHaveLength(1);
    world.now += 1;
    expect(await recall('pizza')).toEqual(blocked);
    expect(asked).toHaveLength(2);
  });

  it('does not grow older by being used', async () => {
    const { world, recall } = memory(published);
    await recall('pizza');
    world.answer = blocked;
    for (let second = 1; second < 5; second += 1) {
      world.now += 1_000;
      expect(await recall('pizza')).toEqual(published);
    }
    world.now += 1_000;
    expect(await recall('pizza')).toEqual(blocked);
  });

  it('counts the age from before the read, so that a slow answer is not kept longer', async () => {
    const { world, recall } = memory(published);
    world.takes = 3_000;
    await recall('pizza');
    world.takes = 0;
    world.answer = blocked;
    world.now += 1_999;
    expect(await recall('pizza')).toEqual(published);
    world.now += 1;
    expect(await recall('pizza')).toEqual(blocked);
  });

  it('keeps each API apart', async () => {
    const { world, recall } = memory(published);
    await recall('pizza');
    world.answer = blocked;
    expect(await recall('petstore')).toEqual(blocked);
    expect(await recall('pizza')).toEqual(published);
  });

  it('never covers a failed read with what it knew before', async () => {
    const { world, recall } = memory(published);
    await recall('pizza');
    world.now += 5_000;
    world.fails = true;
    await expect(recall('pizza')).rejects.toThrow('the table is away');
    await expect(recall('pizza')).rejects.toThrow('the table is away');
    world.fails = false;
    world.answer = blocked;
    expect(await recall('pizza')).toEqual(blocked);
  });

  it('asks each time for an API that is not registered', async () => {
    const { world, asked, recall } = memory(undefined);
    expect(await recall('pizza')).toBeUndefined();
    expect(await recall('pizza')).toBeUndefined();
    expect(asked).toHaveLength(2);
    world.answer = published;
    expect(await recall('pizza')).toEqual(published);
  });

  it('forgets an API that has been unregistered', async () => {
    const { world, recall } = memory(published);
    await recall('pizza');
    world.now += 5_000;
    world.answer = undefined;
    expect(await recall('pizza')).toBeUndefined();
    world.now -= 1;
    expect(await recall('pizza')).toBeUndefined();
  });

  it('keeps no more than it may, and forgets all when more come', async () => {
    const { asked, recall } = memory(published, 2);
    for (const api of ['one', 'two', 'two', 'one', 'three', 'one']) await recall(api);
    expect(asked).toEqual(['one', 'two', 'three', 'one']);
  });

  it('asks again when the clock was set back', async () => {
    const { world, recall } = memory(published);
    await recall('pizza');
    world.answer = blocked;
    world.now -= 1;
    expect(await recall('pizza')).toEqual(blocked);
  });
});
