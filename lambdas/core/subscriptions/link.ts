import type { CredentialSubscription, SubscriptionStatus } from '../decision/credential.ts';

/** Most keys that may be associated with one application for one API: one transaction changes them all. */
export const MAX_ASSOCIATED_KEYS = 50;
/** Most live values that those keys may have; a grace period gives a key a second one. */
export const MAX_ASSOCIATED_VALUES = 65;
/** Most keys that an application may have for all its APIs. A change of a subscription reaches them, too. */
export const MAX_APPLICATION_KEYS = 10;
/** Most subscriptions of an application: the credentials of its own keys carry them all. */
export const MAX_SUBSCRIPTIONS = 200;

/**
 * The link between one application and one API: its subscription, if any, and the keys associated with it. Both hang on
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
  /** One, or two while a regenerated value is in its grace period. */
  readonly values: readonly LiveValue[];
}

/** A value that works now, unless something else forbids it. */
export interface LiveValue {
  readonly digest: string;
  /** When it stops to work for good: by expiry or because its grace period ends. */
  readonly expiresAtEpochSeconds?: number;
}

export interface Subscription {
  readonly subscriptionId: string;
  readonly status: SubscriptionStatus;
  readonly policy: string;
  /** The plan that waits for a publisher's approval; until then `policy` holds. */
  readonly requestedPolicy?: string;
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

/** The digests of all values that had not ended by `beforeEpochSeconds`. */
export function liveDigests(
  keys: Readonly<Record<string, LinkedKey>>,
  beforeEpochSeconds: number,
): readonly string[] {
  return Object.values(keys).flatMap(({ values }) =>
    values.filter((value) => isLive(value, beforeEpochSeconds)).map(({ digest }) => digest),
  );
}

/** Leaves out keys all of whose values had ended by `beforeEpochSeconds`. */
export function withoutEndedKeys(
  keys: Readonly<Record<string, LinkedKey>>,
  beforeEpochSeconds: number,
): Readonly<Record<string, LinkedKey>> {
  return Object.fromEntries(
    Object.entries(keys).filter(([, { values }]) =>
      values.some((value) => isLive(value, beforeEpochSeconds)),
    ),
  );
}

function isLive({ expiresAtEpochSeconds: at }: LiveValue, beforeEpochSeconds: number): boolean {
  return at === undefined || at > beforeEpochSeconds;
}

/** The plans that a subscription has or waits for: none of them may be deleted. */
export function plansOf(subscription: Subscription | undefined): readonly (string | undefined)[] {
  return [subscription?.policy, subscription?.requestedPolicy];
}

/** The part of a subscription that each credential of the link carries. */
export function credentialSubscriptionOf(link: Link): CredentialSubscription | undefined {
  if (link.subscription === undefined) return undefined;
  const { subscriptionId, status, policy } = link.subscription;
  return { subscriptionId, status, policy };
}
