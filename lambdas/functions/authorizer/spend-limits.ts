import { LIMIT_REASONS, type Limit, type LimitStanding, type LimitState } from '../../core/limits/limit.ts';
import type { RefusalReason } from '../../core/refusals/refusal.ts';
import { describeError, type LogEntry } from '../../platform/log.ts';
import type { Taken } from './lease-calls.ts';

/** The outcome of a call's limits. */
export type Spent =
  | { readonly admitted: true; readonly limits: readonly LimitState[]; readonly standing: LimitStanding }
  | { readonly admitted: false; readonly reason: RefusalReason; readonly limit?: LimitState };

export interface Spending {
  /** @throws Error when the counter does not answer. */
  readonly takeCall: (limit: Limit, now: number) => Promise<Taken>;
  readonly log: (entry: LogEntry) => void;
}

/**
 * Takes one call out of every limit, or, when one refuses it, out of none: the first that refuses decides.
 * @param now milliseconds since the epoch.
 */
export async function spendLimits(
  { takeCall, log }: Spending,
  limits: readonly Limit[],
  now: number,
): Promise<Spent> {
  const taken: Taken[] = [];
  let standing: LimitStanding = limits.length === 0 ? 'none' : 'counted';
  const refuse = (reason: RefusalReason, limit?: LimitState): Spent => {
    for (const { giveBack } of taken) giveBack();
    return { admitted: false, reason, ...(limit !== undefined && { limit }) };
  };
  for (const limit of limits) {
    try {
      const call = await takeCall(limit, now);
      if (!call.admitted) return refuse(LIMIT_REASONS[limit.level], call.state);
      taken.push(call);
      if (call.exceeded && standing === 'counted') standing = 'exceeded';
    } catch (error) {
      const { level, policy, onCounterFailure } = limit;
      log({
        level: 'WARN',
        type: 'limits_unavailable',
        limit: level,
        policy,
        onCounterFailure,
        ...describeError(error),
      });
      if (onCounterFailure === 'REFUSE') return refuse('limit_unknown');
      standing = 'unknown';
    }
  }
  return { admitted: true, limits: taken.map(({ state }) => state), standing };
}
