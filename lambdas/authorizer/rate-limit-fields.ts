import type { RateLimitFields } from '../core/guard-context.ts';
import type { LimitState } from '../core/limit.ts';

/**
 * What the header fields `RateLimit` and `RateLimit-Policy` say of the limits that a call was counted in: for each, by
 * its level, calls and seconds of a window, calls that are left, and seconds to the next.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/
 */
export function rateLimitFields(limits: readonly LimitState[], atEpochSeconds: number): RateLimitFields {
  if (limits.length === 0) return {};
  return {
    rateLimitPolicy: limits
      .map(({ level, limit, windowSeconds }) => `"${level}";q=${limit};w=${windowSeconds}`)
      .join(', '),
    rateLimit: limits
      .map(
        ({ level, remaining, resetsAtEpochSeconds }) =>
          `"${level}";r=${Math.max(0, remaining)};t=${Math.max(0, resetsAtEpochSeconds - atEpochSeconds)}`,
      )
      .join(', '),
  };
}
