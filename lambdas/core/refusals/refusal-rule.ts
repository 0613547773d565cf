import type { CredentialStatus, KeyType, SubscriptionStatus } from '../decision/credential.ts';
import type { LifecycleStatus } from '../apis/managed-api.ts';
import type { RefusalReason } from './refusal.ts';
import { isoOfSeconds } from '../general/utc.ts';

/** The facts that explain a refusal: the limit as it was recorded, everything else as it is now. */
export interface RuleFacts {
  /** Absent: the key is unknown, or gone. */
  readonly key?: {
    readonly keyType: KeyType;
    readonly status: CredentialStatus;
    readonly apiName?: string;
    /** Seconds since the epoch. */
    readonly expiresAt?: number;
    /** Canonical rules, as they are stored. */
    readonly permittedIp: readonly string[];
    readonly permittedReferrer: readonly string[];
    readonly applicationId?: string;
  };
  /** The lifecycle of the called API; absent if it is not registered. */
  readonly lifecycle?: LifecycleStatus;
  /** The subscription of the key's application to the called API; absent if there is none. */
  readonly subscription?: { readonly status: SubscriptionStatus; readonly policy: string };
  readonly limit?: { readonly policy: string; readonly nextAccessEpochSeconds?: number };
}

/**
 * Which rule refuses, in words: what the key, its subscription or its API says about it now. `undefined` where the
 * reason says all. A change since the refusal is not seen; the sentence may then tell of no reason to refuse.
 */
export function describeRule(reason: RefusalReason, facts: RuleFacts): string | undefined {
  return RULES[reason](facts);
}

type Describe = (facts: RuleFacts) => string | undefined;

const unsaid: Describe = () => undefined;

const lifecycle: Describe = ({ lifecycle: state }) =>
  state === undefined ? 'The API is not registered.' : `The lifecycle of the API is ${state}.`;

const subscription: Describe = ({ key, subscription: found }) => {
  if (key === undefined) return undefined;
  if (key.applicationId === undefined) return 'The key is associated with no application.';
  return found === undefined
    ? 'The application of the key has no subscription to the API.'
    : `The subscription, with the plan ${found.policy}, is ${found.status}.`;
};

const status: Describe = ({ key }) => key && `The key is ${key.status}.`;

const address: Describe = ({ key }) => key && permits('address', key.permittedIp);

const referrer: Describe = ({ key }) => key && permits('page', key.permittedReferrer);

const limit: Describe = ({ limit: reached }) => {
  if (reached === undefined) return undefined;
  const { policy, nextAccessEpochSeconds: next } = reached;
  return next === undefined
    ? `The limit is that of the policy ${policy}.`
    : `The limit is that of the policy ${policy}; its next window begins at ${isoOfSeconds(next)}.`;
};

const unenforceable: Describe = (facts) => {
  if (facts.key !== undefined && facts.key.permittedReferrer.length > 0) return referrer(facts);
  return facts.subscription && `The subscription has the plan ${facts.subscription.policy}.`;
};

const RULES: Readonly<Record<RefusalReason, Describe>> = {
  credential_missing: unsaid,
  credential_malformed: unsaid,
  key_unknown: unsaid,
  key_revoked: status,
  key_regenerated: unsaid,
  key_suspended: status,
  key_expired: ({ key }) =>
    key &&
    (key.expiresAt === undefined
      ? 'The key never expires.'
      : `The newest value of the key expires at ${isoOfSeconds(key.expiresAt)}.`),
  api_mismatch: ({ key }) =>
    key?.apiName === undefined ? undefined : `The key is for the API ${key.apiName} alone.`,
  environment_mismatch: ({ key }) => key && `The key is a ${key.keyType} key.`,
  api_unknown: lifecycle,
  path_forbidden: unsaid,
  api_unpublished: lifecycle,
  api_blocked: lifecycle,
  api_retired: lifecycle,
  application_missing: subscription,
  subscription_missing: subscription,
  subscription_blocked: subscription,
  subscription_production_blocked: subscription,
  subscription_on_hold: subscription,
  subscription_rejected: subscription,
  address_unknown: address,
  address_forbidden: address,
  referrer_missing: referrer,
  referrer_forbidden: referrer,
  mode_unenforceable: unenforceable,
  application_limit: limit,
  subscription_limit: limit,
  burst_limit: limit,
  limit_unknown: limit,
  key_overloaded: unsaid,
};

function permits(what: string, rules: readonly string[]): string {
  return rules.length === 0 ? `The key permits every ${what}.` : `The key permits ${rules.join(', ')}.`;
}
