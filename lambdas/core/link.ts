import type { CredentialSubscription, SubscriptionStatus } from './credential.ts';

/** Most keys that may be associated with one application for one API: one transaction changes them all. */
export const MAX_ASSOCIATED_KEYS = 50;

/**
 * What ties one application to one API: its subscription, if any, and the keys associated with it. Both hang on
 * one item, so that whoever changes either does so against the newest state of the other, in any order.
 */
export interface Link {
  readonly owner: string;
  readonly applicationId: string;
  readonly apiId: string;
  readonly subscription?: Subscription;
  /** By key UUID. */
  readonly keys: Readonly<Record<string, LinkedKey>>;
  readonly version: number;
}

export interface LinkedKey {
  /** The digest of the key's live value. */
  readonly digest: string;
  readonly expiresAtEpochSeconds?: number;
}

export interface Subscription {
  readonly subscriptionId: string;
  readonly status: SubscriptionStatus;
  readonly policy: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export function newLink(owner: string, applicationId: string, apiId: string): Link {
  return { owner, applicationId, apiId, keys: {}, version: 0 };
}

export function withKey(link: Link, keyUUID: string, key: LinkedKey): Link {
  return { ...link, keys: { ...link.keys, [keyUUID]: key } };
}

export function withoutKey(link: Link, keyUUID: string): Link {
  return {
    ...link,
    keys: Object.fromEntries(Object.entries(link.keys).filter(([candidate]) => candidate !== keyUUID)),
  };
}

export function withSubscription(link: Link, subscription: Subscription | undefined): Link {
  const { subscription: before, ...rest } = link;
  return subscription === undefined ? rest : { ...rest, subscription };
}

export function isEmpty(link: Link): boolean {
  return link.subscription === undefined && Object.keys(link.keys).length === 0;
}

/**
 * Leaves out keys that had expired by `beforeEpochSeconds`. For good when that lies further back than the time
 * that expired keys are kept: the keys themselves are gone by then.
 */
export function withoutExpiredKeys(link: Link, beforeEpochSeconds: number): Link {
  return {
    ...link,
    keys: Object.fromEntries(
      Object.entries(link.keys).filter(
        ([, { expiresAtEpochSeconds: at }]) => at === undefined || at > beforeEpochSeconds,
      ),
    ),
  };
}

/** What of a subscription each credential of the link carries. */
export function credentialSubscriptionOf(link: Link): CredentialSubscription | undefined {
  if (link.subscription === undefined) return undefined;
  const { subscriptionId, status, policy } = link.subscription;
  return { subscriptionId, status, policy };
}
