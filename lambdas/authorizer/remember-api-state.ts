import type { ApiState } from '../core/managed-api.ts';
import type { Clock } from '../platform/clock.ts';

/** How long an instance may rely on what it read of an API. Bounds how late a blocked API is refused. */
export const API_STATE_MAX_AGE_MILLISECONDS = 5_000;

/**
 * Keeps the state of each API in the instance for at most `API_STATE_MAX_AGE_MILLISECONDS`. An API that is not
 * registered is asked for again each time; a failed read is never covered by an older answer.
 */
export function rememberApiState(
  read: (apiId: string) => Promise<ApiState | undefined>,
  clock: Clock,
): (apiId: string) => Promise<ApiState | undefined> {
  const known = new Map<string, { readonly state: ApiState; readonly readAt: number }>();
  return async (apiId) => {
    const before = known.get(apiId);
    const now = clock();
    // A clock that was set back makes the age negative: then the answer counts as old, too.
    const age = before === undefined ? Infinity : now - before.readAt;
    if (before !== undefined && age >= 0 && age < API_STATE_MAX_AGE_MILLISECONDS) return before.state;
    const state = await read(apiId);
    if (state === undefined) known.delete(apiId);
    else known.set(apiId, { state, readAt: now });
    return state;
  };
}
