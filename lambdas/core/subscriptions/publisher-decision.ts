import type { SubscriptionStatus } from '../decision/credential.ts';
import { Fault } from '../http/fault.ts';
import type { Subscription } from './link.ts';

/**
 * The decisions that a publisher can make about an owner at an API. They stand until a publisher lifts them, whatever
 * becomes of the subscription that gave rise to them, and whichever application asks.
 */
export const STANDING_STATUSES = ['BLOCKED', 'PROD_ONLY_BLOCKED', 'REJECTED'] as const;
export type StandingStatus = (typeof STANDING_STATUSES)[number];

/** A publisher's actions on a subscription. */
export const PUBLISHER_ACTIONS = ['block', 'blockProduction', 'unblock', 'approve', 'reject'] as const;
export type PublisherAction = (typeof PUBLISHER_ACTIONS)[number];

/** New status of a subscription, and new decision about its owner; `undefined`: none. */
export interface Decided {
  readonly subscription: Subscription;
  readonly standing: StandingStatus | undefined;
}

/** The states of a subscription that a publisher has let in, whether or not it is blocked now. */
const ADMITTED = ['UNBLOCKED', 'BLOCKED', 'PROD_ONLY_BLOCKED'] as const satisfies SubscriptionStatus[];
const WAITING = ['ON_HOLD', 'REJECTED'] as const satisfies SubscriptionStatus[];

/** The actions that reach all subscriptions of the owner to the API, and where to. */
export const OWNER_WIDE = {
  block: 'BLOCKED',
  blockProduction: 'PROD_ONLY_BLOCKED',
  unblock: 'UNBLOCKED',
} as const satisfies Partial<Record<PublisherAction, SubscriptionStatus>>;

export type OwnerWideAction = keyof typeof OWNER_WIDE;

export function isOwnerWide(action: PublisherAction): action is OwnerWideAction {
  return action in OWNER_WIDE;
}

export function isAdmitted(status: SubscriptionStatus): boolean {
  return ADMITTED.some((state) => state === status);
}

export function isBlock(status: SubscriptionStatus | undefined): boolean {
  return status === 'BLOCKED' || status === 'PROD_ONLY_BLOCKED';
}

/** A subscription that comes to an owner about whom a publisher has decided: it opens no more than that allows. */
export function withinDecision(
  subscription: Subscription,
  standing: StandingStatus | undefined,
): Subscription {
  const { status } = subscription;
  if (standing === undefined || !isAdmitted(status) || status === 'BLOCKED' || status === standing) {
    return subscription;
  }
  return { ...subscription, status: standing };
}

/**
 * Applies `action` to a subscription and to the decision about its owner at the API.
 * @throws Fault `conflict` when the state of either does not allow it.
 */
export function decide(
  action: PublisherAction,
  subscription: Subscription,
  standing: StandingStatus | undefined,
): Decided {
  const { requestedPolicy, ...held } = subscription;
  const { status } = subscription;
  switch (action) {
    case 'block':
    case 'blockProduction':
      requireStatus(status, ADMITTED);
      return { subscription: { ...subscription, status: OWNER_WIDE[action] }, standing: OWNER_WIDE[action] };
    case 'unblock':
      requireStatus(status, ADMITTED);
      return {
        subscription: { ...subscription, status: 'UNBLOCKED' },
        standing: isBlock(standing) ? undefined : standing,
      };
    case 'approve':
      // The plan alone is what waits: whether its calls are blocked is another question.
      if (requestedPolicy !== undefined) {
        return { subscription: { ...held, policy: requestedPolicy }, standing };
      }
      requireStatus(status, [...WAITING, 'UNBLOCKED']);
      if (status !== 'UNBLOCKED' && isBlock(standing)) {
        throw new Fault('conflict', `The owner is ${standing ?? ''} at this API: lift that first.`);
      }
      return {
        subscription: { ...held, status: 'UNBLOCKED' },
        standing: standing === 'REJECTED' ? undefined : standing,
      };
    case 'reject':
      if (requestedPolicy !== undefined) return { subscription: held, standing };
      requireStatus(status, WAITING);
      return {
        subscription: { ...held, status: 'REJECTED' },
        standing: isBlock(standing) ? standing : 'REJECTED',
      };
  }
}

function requireStatus(status: SubscriptionStatus, from: readonly SubscriptionStatus[]): void {
  if (from.includes(status)) return;
  throw new Fault('conflict', `The subscription is ${status}; it must be ${from.join(' or ')} for that.`);
}
