import type { Credential } from '../core/decision/credential.ts';
import { encodeForLog } from '../core/general/encode-for-log.ts';
import type { LimitStanding } from '../core/limits/limit.ts';

/**
 * What the backend and the access log learn of a call. Every field always has a value, `none` where there is nothing
 * to say, and everywhere for a refused call: a mapping onto a missing value could let through the header that the client sent.
 */
export interface Grant {
  readonly keyUUID: string;
  readonly keyName: string;
  readonly keyType: string;
  readonly owner: string;
  readonly applicationId: string;
  readonly subscriptionId: string;
  readonly subscriptionPolicy: string;
  /** Which value of the key it was: its time of issue, in milliseconds since the epoch. */
  readonly valueIssuedOn: string;
  /** `owner` and `subscriptionPolicy` as lines of log can hold them, see `encodeForLog`. */
  readonly ownerInLog: string;
  readonly policyInLog: string;
  /** How the call stands to its limits. */
  readonly limits: LimitStanding;
}

const NONE = 'none';

/** Stands in for the grant of a refused call, so that every field that is mapped has a value then, too. */
export const NO_GRANT: Grant = {
  keyUUID: NONE,
  keyName: NONE,
  keyType: NONE,
  owner: NONE,
  applicationId: NONE,
  subscriptionId: NONE,
  subscriptionPolicy: NONE,
  valueIssuedOn: NONE,
  ownerInLog: NONE,
  policyInLog: NONE,
  limits: 'none',
};

export function grantOf({ subscription, ...credential }: Credential, limits: LimitStanding): Grant {
  return {
    keyUUID: credential.keyUUID,
    keyName: credential.keyName,
    keyType: credential.keyType,
    owner: credential.owner,
    applicationId: credential.applicationId ?? NONE,
    subscriptionId: subscription?.subscriptionId ?? NONE,
    subscriptionPolicy: subscription?.policy ?? NONE,
    valueIssuedOn: String(credential.issuedAtEpochMilliseconds),
    ownerInLog: encodeForLog(credential.owner),
    policyInLog: encodeForLog(subscription?.policy ?? NONE),
    limits,
  };
}
