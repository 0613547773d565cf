import type { AuthorizerAnswer } from './authorizer-answer.ts';
import type { Clock } from '../clock.ts';
import type { RequestAuthorizer } from '../model.ts';

interface Entry {
  readonly answer: AuthorizerAnswer;
  readonly storedAt: number;
  readonly expiresAt: number;
}

/** Where a cached answer lives: the cache of a stage, split by authorizer and identity source values. */
export interface CacheAddress {
  readonly apiId: string;
  readonly stage: string;
  readonly authorizerId: string;
  readonly identitySource: readonly string[];
}

/** The answers of REQUEST authorizers. Times come from the injected clock. */
export interface AuthorizerCache {
  find(address: CacheAddress): AuthorizerAnswer | undefined;
  store(address: CacheAddress, answer: AuthorizerAnswer, ttlSeconds: number): void;
  /**
   * Clears a stage, and like the real service not at once: entries stored before the reset may be served until
   * `resetLagMilliseconds` have passed. Entries stored after it stay.
   */
  reset(apiId: string, stage: string): void;
}

/** Why API Gateway would not cache the answers of an authorizer, or undefined. */
export function cachingProblem({
  resultTtlSeconds,
  identitySources,
}: Pick<RequestAuthorizer, 'resultTtlSeconds' | 'identitySources'>): string | undefined {
  return resultTtlSeconds > 0 && identitySources.length === 0
    ? 'caching its results needs at least one identity source'
    : undefined;
}

/** Memory has an end: beyond this many answers of one stage the oldest goes first. */
const MAX_ENTRIES_PER_STAGE = 100_000;

export function createAuthorizerCache(clock: Clock, resetLagMilliseconds: number): AuthorizerCache {
  const stages = new Map<string, { entries: Map<string, Entry>; resets: number[] }>();
  const stageOf = (apiId: string, stage: string): { entries: Map<string, Entry>; resets: number[] } => {
    const key = JSON.stringify([apiId, stage]);
    const known = stages.get(key);
    if (known !== undefined) return known;
    const created = { entries: new Map<string, Entry>(), resets: [] };
    stages.set(key, created);
    return created;
  };
  const keyOf = ({ authorizerId, identitySource }: CacheAddress): string =>
    JSON.stringify([authorizerId, ...identitySource]);

  return {
    find(address) {
      const { entries, resets } = stageOf(address.apiId, address.stage);
      const key = keyOf(address);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const now = clock();
      const cleared = resets.some((at) => entry.storedAt <= at && now >= at + resetLagMilliseconds);
      if (!cleared && now < entry.expiresAt) return entry.answer;
      entries.delete(key);
      return undefined;
    },
    store(address, answer, ttlSeconds) {
      const { entries } = stageOf(address.apiId, address.stage);
      const key = keyOf(address);
      const now = clock();
      entries.delete(key);
      entries.set(key, { answer, storedAt: now, expiresAt: now + ttlSeconds * 1000 });
      const oldest = entries.keys().next();
      if (entries.size > MAX_ENTRIES_PER_STAGE && oldest.done !== true) entries.delete(oldest.value);
    },
    reset(apiId, stage) {
      const state = stageOf(apiId, stage);
      const now = clock();
      // Of the resets that already count, the newest says it all.
      const counting = state.resets.filter((at) => now >= at + resetLagMilliseconds);
      const pending = state.resets.filter((at) => now < at + resetLagMilliseconds);
      state.resets = [...counting.slice(-1), ...pending, now];
    },
  };
}
