import {
  decideAccess,
  readPresentedValue,
  type Call,
  type Decision,
} from '../../core/decision/decide-access.ts';
import type { Credential } from '../../core/decision/credential.ts';
import type { Freshness } from '../../core/decision/freshness.ts';
import { digestKeyValue } from '../../core/keys/key-value.ts';
import type { ApiState } from '../../core/apis/managed-api.ts';
import { readLimits, type LimitSource } from '../../core/limits/read-limits.ts';
import type { FindCredential } from './find-credential.ts';
import type { PresentedCall } from './read-call.ts';
import { spendLimits, type Spending } from './spend-limits.ts';

/** Where everything stands that decides. */
export interface DecisionSources extends LimitSource, Spending {
  readonly findCredential: FindCredential;
  readonly readApiState: (apiId: string) => Promise<ApiState | undefined>;
}

/**
 * Decides about one call, limits included. Reads as little as it can: nothing for junk, no policy for a call that is
 * refused before.
 * @param now milliseconds since the epoch.
 * @throws Error when what decides cannot be read: no decision.
 */
export async function decideCall(
  sources: DecisionSources,
  { call, value, acceptsImported, hasForbiddenPath }: PresentedCall,
  now: number,
): Promise<Decision> {
  if (hasForbiddenPath) return { allowed: false, reason: 'path_forbidden' };
  const presented = readPresentedValue(value, acceptsImported);
  if (!presented.wellFormed) return { allowed: false, reason: presented.reason };
  const digest = digestKeyValue(presented.value);
  const decision = await decideBy(sources, call, digest, call.freshness);
  return decision.allowed ? decideLimits(sources, call, decision.credential, now) : decision;
}

async function decideBy(
  sources: DecisionSources,
  call: Call,
  digest: string,
  freshness: Freshness,
): Promise<Decision> {
  const { findCredential, readApiState } = sources;
  const [found, api] = await Promise.all([
    findCredential(digest, call.apiId, freshness),
    readApiState(call.apiId),
  ]);
  if (found.outcome === 'overloaded') {
    // A refusal would be repeated when the key can be looked up again; a failure is not.
    if (call.freshness.mode === 'gateway') throw new Error('too many calls with this key to look it up');
    return { allowed: false, reason: 'key_overloaded' };
  }
  const decision = decideAccess(call, found.credential, api);
  // What was just allowed (resumed, associated, subscribed) works at once: only allowing may be a little late.
  if (!decision.allowed && found.remembered && freshness.mode !== 'strict') {
    return decideBy(sources, call, digest, { mode: 'strict' });
  }
  return decision;
}

async function decideLimits(
  sources: DecisionSources,
  call: Call,
  credential: Credential,
  now: number,
): Promise<Decision> {
  const found = await readLimits(sources, call, credential);
  if ('reason' in found) return found;
  const spent = await spendLimits(sources, found.limits, now);
  return spent.admitted
    ? { allowed: true, credential, limits: spent.limits, standing: spent.standing }
    : { ...spent, allowed: false, credential };
}
