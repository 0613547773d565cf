/** The source of all events, for EventBridge. */
export const EVENT_SOURCE = 'keybound';

/** The kinds of events, as EventBridge's `detail-type`, by what they are about. */
export const KEY_EVENTS = [
  'API Key Generated',
  'API Key Imported',
  'API Key Regenerated',
  'API Key Grace Period Ended',
  'API Key Updated',
  'API Key Suspended',
  'API Key Resumed',
  'API Key Associated',
  'API Key Dissociated',
  'API Key Revoked',
  'API Key Expiring',
  'API Key Expired',
] as const;
export const SUBSCRIPTION_EVENTS = [
  'Subscription Created',
  'Subscription Updated',
  'Subscription Blocked',
  'Subscription Unblocked',
  'Subscription Approved',
  'Subscription Rejected',
  'Subscription Deleted',
] as const;
export const APPLICATION_EVENTS = [
  'Application Created',
  'Application Updated',
  'Application Deleted',
  'Application Owner Changed',
] as const;
export const API_EVENTS = ['API Lifecycle Changed'] as const;

/**
 * The event that follows from each action of the audit trail. `undefined`: none, because nobody's keys or
 * subscriptions change. An action that is added must be added here.
 */
export const EVENT_OF_ACTION = {
  'key.generate': 'API Key Generated',
  'key.import': 'API Key Imported',
  'key.regenerate': 'API Key Regenerated',
  'key.end-grace': 'API Key Grace Period Ended',
  'key.update': 'API Key Updated',
  'key.suspend': 'API Key Suspended',
  'key.resume': 'API Key Resumed',
  'key.associate': 'API Key Associated',
  'key.dissociate': 'API Key Dissociated',
  'key.revoke': 'API Key Revoked',
  'subscription.create': 'Subscription Created',
  'subscription.update': 'Subscription Updated',
  'subscription.block': 'Subscription Blocked',
  'subscription.blockProduction': 'Subscription Blocked',
  'subscription.unblock': 'Subscription Unblocked',
  'subscription.approve': 'Subscription Approved',
  'subscription.reject': 'Subscription Rejected',
  'subscription.delete': 'Subscription Deleted',
  // Each subscription that is changed by it has an entry of its own.
  'decision.block': undefined,
  'decision.lift': undefined,
  'application.create': 'Application Created',
  'application.update': 'Application Updated',
  'application.delete': 'Application Deleted',
  'application.change-owner': 'Application Owner Changed',
  'api.lifecycle': 'API Lifecycle Changed',
  'api.register': undefined,
  'api.update': undefined,
  'api.unregister': undefined,
  'api.release': undefined,
  'policy.create': undefined,
  'policy.update': undefined,
  'policy.delete': undefined,
} as const satisfies Record<string, EventType | undefined>;

export type EventType =
  | (typeof KEY_EVENTS)[number]
  | (typeof SUBSCRIPTION_EVENTS)[number]
  | (typeof APPLICATION_EVENTS)[number]
  | (typeof API_EVENTS)[number];

/** The names of changes in the audit trail. */
export type AuditAction = keyof typeof EVENT_OF_ACTION;

export function isAuditAction(action: string): action is AuditAction {
  return Object.hasOwn(EVENT_OF_ACTION, action);
}

/** How many days before its expiry a key is reminded of, the earliest first; by the calendar of UTC. */
export const REMINDER_DAYS = [30, 7, 1] as const;
