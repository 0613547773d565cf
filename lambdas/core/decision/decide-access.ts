import type { Credential, CredentialSubscription, KeyType } from './credential.ts';
import type { Freshness } from './freshness.ts';
import { matchIpRules, readClientAddress } from '../restrictions/ip-restriction.ts';
import { isImportableKeyValue, isWellFormedKeyValue } from '../keys/key-value.ts';
import type { LimitStanding, LimitState } from '../limits/limit.ts';
import type { ApiState } from '../apis/managed-api.ts';
import { matchReferrerRules, readReferrer } from '../restrictions/referrer-restriction.ts';
import type { RefusalReason } from '../refusals/refusal.ts';
import { UNLIMITED } from '../limits/throttling-policy.ts';

/** One call to a protected API, as its gateway tells it. */
export interface Call {
  readonly apiId: string;
  readonly gatewayApiId: string;
  /** The environment whose stage was called. */
  readonly environment: KeyType;
  readonly requiresSubscription: boolean;
  /** How old what decides may be. */
  readonly freshness: Freshness;
  /** The TCP peer as API Gateway saw it; nothing that the client wrote. */
  readonly clientAddress?: string;
  /** The Referer header. */
  readonly referrer?: string;
  readonly atEpochSeconds: number;
}

/** The facts about a call after its key value was looked up. */
export interface Facts {
  readonly call: Call;
  readonly credential: Credential;
  /** Absent: the API is not registered. */
  readonly api: ApiState | undefined;
}

export type Decision =
  | {
      readonly allowed: true;
      readonly credential: Credential;
      /** The limits that the call was counted in; none where there are none. */
      readonly limits: readonly LimitState[];
      readonly standing: LimitStanding;
    }
  | Refused;

export interface Refused {
  readonly allowed: false;
  readonly reason: RefusalReason;
  readonly credential?: Credential;
  /** The limit that was reached. */
  readonly limit?: LimitState;
}

interface Check {
  readonly name: string;
  /** The reason to refuse, or `undefined` when the check passes. */
  readonly refuse: (facts: Facts) => RefusalReason | undefined;
}

export type PresentedValue =
  | { readonly wellFormed: true; readonly value: string }
  | { readonly wellFormed: false; readonly reason: RefusalReason };

/**
 * Looks at the presented value alone, so that junk costs no read: the first two checks. What is well formed
 * goes on to `decideAccess`. `acceptsImported`: whether the API takes keys that were made elsewhere, whose form says
 * little.
 */
export function readPresentedValue(value: string | undefined, acceptsImported = false): PresentedValue {
  if (value === undefined || value === '') return { wellFormed: false, reason: 'credential_missing' };
  return isWellFormedKeyValue(value) || (acceptsImported && isImportableKeyValue(value))
    ? { wellFormed: true, value }
    : { wellFormed: false, reason: 'credential_malformed' };
}

/** The checks of a known credential. They run in this order, and the first that fails decides. */
export const CHECKS = [
  { name: 'revocation', refuse: ({ credential }) => STATUS_REFUSALS[credential.status] },
  { name: 'expiry', refuse: refuseEnded },
  {
    name: 'key binding',
    refuse: ({ credential: { apiId }, call }) =>
      apiId === undefined || apiId === call.apiId ? undefined : 'api_mismatch',
  },
  {
    name: 'environment',
    refuse: ({ credential, call }) =>
      credential.keyType === call.environment ? undefined : 'environment_mismatch',
  },
  { name: 'lifecycle', refuse: refuseLifecycle },
  {
    name: 'subscription',
    refuse: ({ credential, call }) =>
      needsSubscription(credential, call) ? refuseSubscription(credential, call.environment) : undefined,
  },
  { name: 'freshness mode', refuse: refuseUnenforceable },
  { name: 'IP address', refuse: refuseAddress },
  { name: 'referrer', refuse: refuseReferrer },
] as const satisfies readonly Check[];

export type CheckName = (typeof CHECKS)[number]['name'];

/**
 * Whether a subscription decides about a call. An API without subscriptions opens to its keys and to the own keys of any
 * application. A subscription that an application still has, from a time when the API wanted one, counts for its own keys:
 * what a publisher blocked stays blocked.
 */
export function needsSubscription(
  { apiId, applicationId, subscription }: Credential,
  { requiresSubscription }: Pick<Call, 'requiresSubscription'>,
): boolean {
  if (requiresSubscription) return true;
  return apiId === undefined && (applicationId === undefined || subscription !== undefined);
}

const STATUS_REFUSALS = {
  ACTIVE: undefined,
  SUSPENDED: 'key_suspended',
  REVOKED: 'key_revoked',
  REGENERATED: 'key_regenerated',
} as const;

/** Is shown what each check says, also those after the one that decides. */
export type Observe = (name: CheckName, reason: RefusalReason | undefined) => void;

/**
 * Decides about a call with a well-formed value, but for its limits, which are looked at last and cost something.
 * `credential`: what the look-up found.
 */
export function decideAccess(
  call: Call,
  credential: Credential | undefined,
  api: ApiState | undefined,
  observe?: Observe,
): Decision {
  if (credential === undefined) return { allowed: false, reason: 'key_unknown' };
  const reason = runChecks({ call, credential, api }, observe);
  return reason === undefined
    ? { allowed: true, credential, limits: [], standing: 'none' }
    : { allowed: false, reason, credential };
}

/** The reason of the first check that refuses. Nobody waits for those after it unless somebody observes. */
function runChecks(facts: Facts, observe: Observe | undefined): RefusalReason | undefined {
  let decisive: RefusalReason | undefined;
  for (const { name, refuse } of CHECKS) {
    const reason: RefusalReason | undefined = refuse(facts);
    observe?.(name, reason);
    decisive ??= reason;
    if (decisive !== undefined && observe === undefined) break;
  }
  return decisive;
}

function refuseEnded({ credential, call: { atEpochSeconds: now } }: Facts): RefusalReason | undefined {
  const { replacedAtEpochSeconds: replacedAt, expiresAtEpochSeconds: expiresAt } = credential;
  if (replacedAt !== undefined && now >= replacedAt) return 'key_regenerated';
  return expiresAt !== undefined && now >= expiresAt ? 'key_expired' : undefined;
}

function refuseLifecycle({ api, call }: Facts): RefusalReason | undefined {
  // Stage variables name the API; that the API names this very gateway keeps one team's gateway from
  // passing for another's.
  if (api?.gatewayApiId !== call.gatewayApiId) return 'api_unknown';
  switch (api.lifecycle) {
    case 'PUBLISHED':
    case 'DEPRECATED':
      return undefined;
    case 'CREATED':
      return 'api_unpublished';
    case 'BLOCKED':
      return 'api_blocked';
    case 'RETIRED':
      return 'api_retired';
  }
}

function refuseSubscription(
  { applicationId, subscription }: { applicationId?: string; subscription?: CredentialSubscription },
  environment: KeyType,
): RefusalReason | undefined {
  if (applicationId === undefined) return 'application_missing';
  if (subscription === undefined) return 'subscription_missing';
  switch (subscription.status) {
    case 'UNBLOCKED':
      return undefined;
    case 'BLOCKED':
      return 'subscription_blocked';
    case 'PROD_ONLY_BLOCKED':
      return environment === 'PRODUCTION' ? 'subscription_production_blocked' : undefined;
    case 'ON_HOLD':
      return 'subscription_on_hold';
    case 'REJECTED':
      return 'subscription_rejected';
  }
}

/**
 * What a gateway that repeats decisions would not look at again. Nobody can set it up so, but an API can get this mode
 * when its keys and subscriptions are there already.
 */
function refuseUnenforceable({ credential, call }: Facts): RefusalReason | undefined {
  if (call.freshness.mode !== 'gateway') return undefined;
  const isLimited = call.requiresSubscription && credential.subscription?.policy !== UNLIMITED;
  return isLimited || credential.permittedReferrer.length > 0 ? 'mode_unenforceable' : undefined;
}

function refuseAddress({ credential, call }: Facts): RefusalReason | undefined {
  if (credential.permittedIp.length === 0) return undefined;
  const client = readClientAddress(call.clientAddress);
  if (client === undefined) return 'address_unknown';
  return matchIpRules(credential.permittedIp, client) ? undefined : 'address_forbidden';
}

function refuseReferrer({ credential, call }: Facts): RefusalReason | undefined {
  if (credential.permittedReferrer.length === 0) return undefined;
  if (call.referrer === undefined || call.referrer === '') return 'referrer_missing';
  const referrer = readReferrer(call.referrer);
  if (referrer === undefined) return 'referrer_forbidden';
  return matchReferrerRules(credential.permittedReferrer, referrer) ? undefined : 'referrer_forbidden';
}
