import { LIMIT_REASONS, limitState, windowOf } from '../core/limit.ts';
import { readCounter } from '../platform/dynamodb/counters.ts';
import { readLimits } from '../platform/dynamodb/read-limits.ts';
import { readApplicationPolicy, readLimitingPolicy } from '../platform/dynamodb/read-policies.ts';
import type { PeekLimits, TableAccess } from './management.ts';

/**
 * Looks at the limits of a call as the authorizer does, and counts nothing. What instances of the authorizer have leased
 * counts as used: a real call may still be let through by one that has calls left.
 */
export function limitsPeeker({ store }: TableAccess): PeekLimits {
  const reads = { client: store.client, tableName: store.tableName };
  const source = {
    readPolicy: readLimitingPolicy.bind(undefined, reads),
    readApplicationPolicy: readApplicationPolicy.bind(undefined, reads),
  };
  return async (call, credential) => {
    const found = await readLimits(source, call, credential);
    if ('reason' in found) return found;
    const looked = await Promise.all(
      found.limits.map(async (limit) => {
        const window = windowOf(limit, call.atEpochSeconds);
        return { limit, state: limitState(limit, window, await readCounter(reads, limit, window)) };
      }),
    );
    const reached = looked.find(({ limit, state }) => limit.stops && state.remaining === 0);
    if (reached !== undefined) {
      const { limit, state } = reached;
      return { allowed: false, reason: LIMIT_REASONS[limit.level], credential, limit: state };
    }
    const isExceeded = looked.some(({ state }) => state.remaining === 0);
    return {
      allowed: true,
      credential,
      limits: looked.map(({ state }) => state),
      standing: looked.length === 0 ? 'none' : isExceeded ? 'exceeded' : 'counted',
    };
  };
}
