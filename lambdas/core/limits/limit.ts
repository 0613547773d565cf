import type { Credential } from '../decision/credential.ts';
import { windowAt, type LimitWindow, type Span } from './limit-window.ts';
import type { RefusalReason } from '../refusals/refusal.ts';
import type { CounterFailureChoice, ThrottlingPolicy } from './throttling-policy.ts';

/** The scope of a limit: the calls of a subscription, those of an application, or either within a short span. */
export const LIMIT_LEVELS = ['application', 'subscription', 'burst'] as const;
export type LimitLevel = (typeof LIMIT_LEVELS)[number];

/** A limit of a call: what its policy says, and whose calls are counted together. */
export interface Limit {
  readonly level: LimitLevel;
  /** Name of the throttling policy that sets it. */
  readonly policy: string;
  /** Calls that a window admits. */
  readonly requestCount: number;
  readonly span: Span;
  /** Names the counter, with `id`: all calls of a subscription, or of an application. */
  readonly scope: 'SUBSCRIPTION' | 'APPLICATION' | 'SUBSCRIPTION-BURST' | 'APPLICATION-BURST';
  readonly id: string;
  /** Whether calls past the limit are refused, or only counted. */
  readonly stops: boolean;
  readonly onCounterFailure: CounterFailureChoice;
}

/** A limit as a call finds it. */
export interface LimitState {
  readonly level: LimitLevel;
  readonly policy: string;
  /** Calls that a window admits. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** Calls that the window still admits, this one taken off; as far as this instance knows. */
  readonly remaining: number;
  /** When the next window begins, so that calls past this one pass again. */
  readonly nextAccessEpochSeconds: number;
}

/**
 * How an admitted call stands to its limits: it has none; it was counted in all; it was counted past one that does not
 * stop; one could not be looked at, and its policy lets the call through all the same.
 */
export type LimitStanding = 'none' | 'counted' | 'exceeded' | 'unknown';

/** Why a call over a limit is refused, by what is counted. */
export const LIMIT_REASONS = {
  application: 'application_limit',
  subscription: 'subscription_limit',
  burst: 'burst_limit',
} as const satisfies Record<LimitLevel, RefusalReason>;

/** The part of a policy that limits calls. */
export type LimitingPolicy = Pick<
  ThrottlingPolicy,
  'name' | 'limit' | 'burst' | 'stopOnQuotaReach' | 'onCounterFailure'
>;

/**
 * The limits of a call of `apiId` with a credential of a subscribed application, in the order in which they are looked
 * at: plan, its burst control, application, its burst control. A policy without a limit has none. The calls of a
 * subscription are counted by application and API: whoever subscribes anew goes on where the subscription before ended.
 */
export function limitsOf(
  { applicationId, subscription }: Pick<Credential, 'applicationId' | 'subscription'>,
  policies: { readonly subscription: LimitingPolicy; readonly application: LimitingPolicy },
  apiId: string,
): readonly Limit[] {
  if (applicationId === undefined || subscription === undefined) return [];
  return [
    ...limitsOfPolicy(policies.subscription, 'subscription', 'SUBSCRIPTION', `${applicationId}#${apiId}`),
    ...limitsOfPolicy(policies.application, 'application', 'APPLICATION', applicationId),
  ];
}

function limitsOfPolicy(
  { name, limit, burst, stopOnQuotaReach, onCounterFailure = 'REFUSE' }: LimitingPolicy,
  level: LimitLevel,
  scope: 'SUBSCRIPTION' | 'APPLICATION',
  id: string,
): readonly Limit[] {
  const common = { policy: name, id, onCounterFailure };
  return [
    ...(limit === undefined
      ? []
      : [
          {
            ...common,
            level,
            scope,
            requestCount: limit.requestCount,
            span: { unitTime: limit.unitTime, timeUnit: limit.timeUnit },
            stops: stopOnQuotaReach,
          },
        ]),
    ...(burst === undefined
      ? []
      : [
          {
            ...common,
            level: 'burst' as const,
            scope: `${scope}-BURST` as const,
            requestCount: burst.requestCount,
            span: { unitTime: 1, timeUnit: burst.timeUnit },
            // Burst control protects the backend: it has no quota that could be passed and only counted.
            stops: true,
          },
        ]),
  ];
}

/** `used`: calls that the window has admitted, or promised to instances, this one included. */
export function limitState(limit: Limit, window: LimitWindow, used: number): LimitState {
  const { level, policy, requestCount } = limit;
  return {
    level,
    policy,
    limit: requestCount,
    windowSeconds: window.endsAtEpochSeconds - window.startsAtEpochSeconds,
    remaining: Math.max(0, requestCount - used),
    nextAccessEpochSeconds: window.endsAtEpochSeconds,
  };
}

/** The window of a limit at a moment. */
export function windowOf({ span }: Limit, atEpochSeconds: number): LimitWindow {
  return windowAt(span, atEpochSeconds);
}
