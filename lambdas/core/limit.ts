/** What a limit counts: the calls of a subscription, those of an application, or either within a short span. */
export const LIMIT_LEVELS = ['application', 'subscription', 'burst'] as const;
export type LimitLevel = (typeof LIMIT_LEVELS)[number];

/** A limit as a call finds it. */
export interface LimitState {
  readonly level: LimitLevel;
  /** Name of the throttling policy that sets it. */
  readonly policy: string;
  /** Calls that a window admits. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** Calls that the window still admits, this one taken off; as far as this instance knows. */
  readonly remaining: number;
  /** When the next window begins. */
  readonly resetsAtEpochSeconds: number;
}
