import { usageFailure } from '../failures.ts';
import type { PolicyAnswer } from '../rest/answers.ts';

interface LimitFlags {
  readonly requests?: number | undefined;
  readonly per?: string | undefined;
  readonly burst?: number | undefined;
  readonly 'burst-per'?: string | undefined;
  readonly description?: string | undefined;
  readonly soft?: boolean;
  readonly 'on-counter-failure'?: string | undefined;
}

/** The body that makes, or changes, a policy. */
export function policyBody(
  current: Partial<PolicyAnswer> & { readonly policyName: string },
  flags: LimitFlags,
): object {
  const {
    policyName,
    displayName,
    description,
    defaultLimit,
    rateLimitCount,
    rateLimitTimeUnit,
    stopOnQuotaReach,
    onCounterFailure,
  } = current;
  const before = defaultLimit?.requestCount;
  const requestCount = flags.requests ?? before?.requestCount;
  const span = flags.per === undefined ? undefined : spanOf(flags.per);
  const burst = flags.burst ?? rateLimitCount ?? undefined;
  const choice = flags['on-counter-failure']?.toUpperCase() ?? onCounterFailure;
  const text = flags.description ?? description ?? undefined;
  return {
    policyName,
    ...(displayName !== undefined && { displayName }),
    ...(text !== undefined && { description: text }),
    ...(requestCount !== undefined && {
      defaultLimit: {
        type: 'REQUESTCOUNTLIMIT',
        requestCount: {
          timeUnit: span?.timeUnit ?? before?.timeUnit ?? 'min',
          unitTime: span?.unitTime ?? before?.unitTime ?? 1,
          requestCount,
        },
      },
    }),
    ...(burst !== undefined && {
      rateLimitCount: burst,
      rateLimitTimeUnit: flags['burst-per'] ?? rateLimitTimeUnit ?? 'sec',
    }),
    stopOnQuotaReach: flags.soft === true ? false : (stopOnQuotaReach ?? true),
    ...(choice !== undefined && { onCounterFailure: choice }),
  };
}

/** `5min` → 5, `min`. */
function spanOf(text: string): { readonly unitTime: number; readonly timeUnit: string } {
  const [, count, unit] = /^(\d{1,6}) ?(sec|min|hour|day|week|month|year)s?$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw usageFailure('--per must be a number and a unit, such as 1min, 12hour or 1day.');
  }
  return { unitTime: Number(count), timeUnit: unit };
}
