/** A subscription policy is a business plan; an application policy holds for all its subscriptions together. */
export const POLICY_LEVELS = ['subscription', 'application'] as const;
export type PolicyLevel = (typeof POLICY_LEVELS)[number];

/** The spans that a limit may count in. */
export const TIME_UNITS = ['sec', 'min', 'hour', 'day', 'week', 'month', 'year'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** The spans that burst control may count in. */
export const BURST_TIME_UNITS = ['sec', 'min'] as const;

/** The outcome of a call whose limit cannot be checked because the counter does not answer. */
export const COUNTER_FAILURE_CHOICES = ['REFUSE', 'ADMIT'] as const;
export type CounterFailureChoice = (typeof COUNTER_FAILURE_CHOICES)[number];

/** The limit of a throttling policy: `requestCount` calls in each span of `unitTime` × `timeUnit`. */
export interface ThrottlingPolicy {
  readonly level: PolicyLevel;
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  /** Absent: no limit. */
  readonly limit?: { readonly requestCount: number; readonly unitTime: number; readonly timeUnit: TimeUnit };
  /** Absent: no burst control. */
  readonly burst?: { readonly requestCount: number; readonly timeUnit: (typeof BURST_TIME_UNITS)[number] };
  /** Whether calls past the limit are refused, or only counted. */
  readonly stopOnQuotaReach: boolean;
  /** Absent: `REFUSE`. */
  readonly onCounterFailure?: CounterFailureChoice;
}

/**
 * The name of the policy of each level that never has a limit: what APIs whose gateway repeats decisions rely on, for
 * a limit needs to see every call.
 */
export const UNLIMITED = 'Unlimited';

/** The plan of an API that needs no subscription. */
export const SUBSCRIPTIONLESS_PLAN = 'DefaultSubscriptionless';

/** The policies that are there from the start, those of WSO2 API Manager. Administrators may change them. */
export const INITIAL_POLICIES: readonly ThrottlingPolicy[] = [
  perMinute('subscription', 'Bronze', 1000),
  perMinute('subscription', 'Silver', 2000),
  perMinute('subscription', 'Gold', 5000),
  unlimited('subscription'),
  perMinute('application', '10PerMin', 10),
  perMinute('application', '20PerMin', 20),
  perMinute('application', '50PerMin', 50),
  unlimited('application'),
];

function perMinute(level: PolicyLevel, name: string, requestCount: number): ThrottlingPolicy {
  return {
    level,
    name,
    displayName: name,
    description: `Allows ${requestCount} requests per minute`,
    limit: { requestCount, unitTime: 1, timeUnit: 'min' },
    stopOnQuotaReach: true,
  };
}

function unlimited(level: PolicyLevel): ThrottlingPolicy {
  return {
    level,
    name: UNLIMITED,
    displayName: UNLIMITED,
    description: 'Allows unlimited requests',
    stopOnQuotaReach: true,
  };
}
