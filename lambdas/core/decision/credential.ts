import type { IpRule } from '../restrictions/ip-restriction.ts';
import type { ReferrerRule } from '../restrictions/referrer-restriction.ts';

/** The environment that a key opens; an environment is a stage of the API's gateway. */
export const KEY_TYPES = ['PRODUCTION', 'SANDBOX'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

/** `REGENERATED`: this value was replaced by a newer one of the same key. */
export const CREDENTIAL_STATUSES = ['ACTIVE', 'SUSPENDED', 'REVOKED', 'REGENERATED'] as const;
export type CredentialStatus = (typeof CREDENTIAL_STATUSES)[number];

/** The states of WSO2 API Manager. `PROD_ONLY_BLOCKED` leaves SANDBOX keys working. */
export const SUBSCRIPTION_STATUSES = [
  'UNBLOCKED',
  'BLOCKED',
  'PROD_ONLY_BLOCKED',
  'ON_HOLD',
  'REJECTED',
] as const;
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** Everything about one key value that the decision needs: one read gets it whole. */
export interface Credential {
  readonly keyUUID: string;
  readonly keyName: string;
  readonly keyType: KeyType;
  readonly status: CredentialStatus;
  /** The API that the key is bound to; absent: all that its application subscribes to, and all that need no subscription. */
  readonly apiId?: string;
  /** The subject of the owner's access token. */
  readonly owner: string;
  /** When this value was issued: tells it from the other values of its key. */
  readonly issuedAtEpochMilliseconds: number;
  /** Absent: never expires. */
  readonly expiresAtEpochSeconds?: number;
  /** Set on a regenerated value with a grace period: from then on only the new value works. */
  readonly replacedAtEpochSeconds?: number;
  /** Empty: from anywhere. */
  readonly permittedIp: readonly IpRule[];
  /** Empty: from anywhere. */
  readonly permittedReferrer: readonly ReferrerRule[];
  /** The associated application, if any. */
  readonly applicationId?: string;
  /** That application's subscription to the API that is called, if any. */
  readonly subscription?: CredentialSubscription;
}

export interface CredentialSubscription {
  readonly subscriptionId: string;
  readonly status: SubscriptionStatus;
  /** The name of the business plan. */
  readonly policy: string;
}
