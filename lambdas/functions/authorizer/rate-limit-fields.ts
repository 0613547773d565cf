import type { RateLimitFields } from '../../contract/guard-context.ts';
import type { LimitState } from '../../core/limits/limit.ts';

/**
 * What the header fields `RateLimit` and `RateLimit-Policy` say of the limits that a call was counted in: for each,
 * calls and seconds of a window, calls that are left, and seconds to the next. A limit is named by its level; a second
 * one of the same level (burst control of plan and application) has a number.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/
 */
export function rateLimitFields(limits: readonly LimitState[], atEpochSeconds: number): RateLimitFields {
  if (limits.length === 0) return {};
  const policies: string[] = [];
  const states: string[] = [];
  const levels: string[] = [];
  for (const { level, limit, windowSeconds, remaining, nextAccessEpochSeconds } of limits) {
    const before = levels.filter((other) => other === level).length;
    levels.push(level);
    const name = before === 0 ? `"${level}"` : `"${level}-${before + 1}"`;
    policies.push(`${name};q=${limit};w=${windowSeconds}`);
    states.push(
      `${name};r=${Math.max(0, remaining)};t=${Math.max(0, nextAccessEpochSeconds - atEpochSeconds)}`,
    );
  }
  return { rateLimitPolicy: policies.join(', '), rateLimit: states.join(', ') };
}
