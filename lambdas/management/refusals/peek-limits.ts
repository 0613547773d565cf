import { LIMIT_REASONS, limitState, windowOf } from '../../core/limits/limit.ts';
import { readCounter } from '../../platform/dynamodb/counters.ts';
import { readLimits } from '../../core/limits/read-limits.ts';
import { readApplicationPolicy, readLimitingPolicy } from '../../platform/dynamodb/read-policies.ts';
import type { Credential } from '../../core/decision/credential.ts';
import type { Call, Decision } from '../../core/decision/decide-access.ts';
import type { TableAccess } from '../frame/management.ts';

/**
 * What the limits would say of a call that every check before them lets through: allowed with their states, or refused by
 * one. Looks at them as the authorizer does, and counts nothing. What instances of the authorizer have leased counts as
 * used: a real call may still be let through by one that has calls left.
 */
export async function peekLimits(
  { store }: TableAccess,
  call: Call,
  credential: Credential,
): Promise<Decision> {
  const reads = { client: store.client, tableName: store.tableName };
  const source = {
    readPolicy: readLimitingPolicy.bind(undefined, reads),
    readApplicationPolicy: readApplicationPolicy.bind(undefined, reads),
  };
  const found = await readLimits(source, call, credential);
  if ('reason' in found) return found;
  const looked = await Promise.all(
    found.limits.map(async (limit) => {
      const window = windowOf(limit, call.atEpochSeconds);
      return { limit, state: limitState(limit, window, await readCounter(reads, limit, window)) };
    }),
  );
  const reached = looked.filter(({ state }) => state.remaining === 0);
  const [refusing] = reached.filter(({ limit }) => limit.stops);
  if (refusing !== undefined) {
    const { limit, state } = refusing;
    return { allowed: false, reason: LIMIT_REASONS[limit.level], credential, limit: state };
  }
  const limits = looked.map(({ state }) => state);
  const standing = limits.length === 0 ? 'none' : reached.length === 0 ? 'counted' : 'exceeded';
  return { allowed: true, credential, limits, standing };
}
