import { describe, expect, it } from 'vitest';
import { createAuthorizerCache } from '../../../local/gateway/authorize/authorizer-cache.ts';
import { manualClock } from './fixtures.ts';

const allow = { form: 'simple', isAuthorized: true, context: null } as const;
const deny = { form: 'simple', isAuthorized: false, context: null } as const;
const at = { apiId: 'api', stage: 'production', authorizerId: 'a', identitySource: ['key'] };

describe('the result cache', () => {
  it('serves an answer until its TTL is over', () => {
    const clock = manualClock();
    const cache = createAuthorizerCache(clock, 1500);
    cache.store(at, deny, 5);
    clock.advance(4999);
    expect(cache.find(at)).toEqual(deny);
    clock.advance(1);
    expect(cache.find(at)).toBeUndefined();
  });

  it('keeps stages, APIs, authorizers and identity sources apart', () => {
    const cache = createAuthorizerCache(manualClock(), 1500);
    cache.store(at, allow, 5);
    expect(cache.find({ ...at, stage: 'sandbox' })).toBeUndefined();
    expect(cache.find({ ...at, apiId: 'other' })).toBeUndefined();
    expect(cache.find({ ...at, authorizerId: 'b' })).toBeUndefined();
    expect(cache.find({ ...at, identitySource: ['key', ''] })).toBeUndefined();
    expect(cache.find({ ...at, identitySource: ['ke', 'y'] })).toBeUndefined();
    expect(cache.find({ ...at, identitySource: ['key'] })).toEqual(allow);
  });

  it('goes on serving an old answer for the lag of a reset, and no longer', () => {
    const clock = manualClock();
    const cache = createAuthorizerCache(clock, 1500);
    cache.store(at, allow, 3600);
    clock.advance(10);
    cache.reset('api', 'production');
    clock.advance(1499);
    expect(cache.find(at)).toEqual(allow);
    clock.advance(1);
    expect(cache.find(at)).toBeUndefined();
  });

  it('keeps what is stored after a reset, and other stages', () => {
    const clock = manualClock();
    const cache = createAuthorizerCache(clock, 1500);
    cache.store({ ...at, stage: 'sandbox' }, allow, 3600);
    cache.store(at, allow, 3600);
    cache.reset('api', 'production');
    clock.advance(1);
    cache.store(at, deny, 3600);
    clock.advance(10_000);
    expect(cache.find(at)).toEqual(deny);
    expect(cache.find({ ...at, stage: 'sandbox' })).toEqual(allow);
  });

  it('clears by the first reset even when more of them follow', () => {
    const clock = manualClock();
    const cache = createAuthorizerCache(clock, 1500);
    cache.store(at, allow, 3600);
    cache.reset('api', 'production');
    for (let index = 0; index < 5; index += 1) {
      clock.advance(400);
      cache.reset('api', 'production');
    }
    expect(cache.find(at)).toBeUndefined();
  });

  it('clears at once with a lag of zero', () => {
    const cache = createAuthorizerCache(manualClock(), 0);
    cache.store(at, allow, 3600);
    cache.reset('api', 'production');
    expect(cache.find(at)).toBeUndefined();
  });
});
