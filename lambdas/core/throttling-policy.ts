/** What a throttling policy allows: `requestCount` calls in each span of `unitTime` × `timeUnit`. */
export interface ThrottlingPolicy {
  readonly name: string;
  readonly description: string;
  /** Absent: no limit. */
  readonly limit?: { readonly requestCount: number; readonly unitTime: number; readonly timeUnit: 'min' };
}

function perMinute(name: string, requestCount: number): ThrottlingPolicy {
  return {
    name,
    description: `Allows ${requestCount} requests per minute`,
    limit: { requestCount, unitTime: 1, timeUnit: 'min' },
  };
}

const UNLIMITED: ThrottlingPolicy = { name: 'Unlimited', description: 'Allows unlimited requests' };

/** The plan of an API that needs no subscription. */
export const SUBSCRIPTIONLESS_PLAN = 'DefaultSubscriptionless';

/** The business plans that a subscription may have. */
export const SUBSCRIPTION_POLICIES: readonly ThrottlingPolicy[] = [
  perMinute('Bronze', 1000),
  perMinute('Silver', 2000),
  perMinute('Gold', 5000),
  UNLIMITED,
];

/** The policies that an application may have: one limit for all its subscriptions together. */
export const APPLICATION_POLICIES: readonly ThrottlingPolicy[] = [
  perMinute('10PerMin', 10),
  perMinute('20PerMin', 20),
  perMinute('50PerMin', 50),
  UNLIMITED,
];

export const SUBSCRIPTION_POLICY_NAMES = SUBSCRIPTION_POLICIES.map(({ name }) => name);
export const APPLICATION_POLICY_NAMES = APPLICATION_POLICIES.map(({ name }) => name);
