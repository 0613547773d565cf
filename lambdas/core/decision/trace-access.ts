import type { Credential } from './credential.ts';
import {
  CHECKS,
  decideAccess,
  needsSubscription,
  type Call,
  type CheckName,
  type Decision,
  type Facts,
} from './decide-access.ts';
import { formatFreshness } from './freshness.ts';
import { formatIpRule } from '../restrictions/ip-restriction.ts';
import type { LimitState } from '../limits/limit.ts';
import type { ApiState } from '../apis/managed-api.ts';
import { formatReferrerRule } from '../restrictions/referrer-restriction.ts';
import type { RefusalReason } from '../refusals/refusal.ts';
import { isoOfSeconds } from '../general/utc.ts';

/** The data that a check looked at, by name; `null` if there was none. Times in ISO 8601. */
export type Observations = Readonly<Record<string, string | boolean | null | readonly string[]>>;

/** The outcome of one check. */
export interface TraceStep {
  /** `known key`: whether the value is stored at all; `limits`: what is looked at last. */
  readonly check: CheckName | 'known key' | 'limits';
  readonly outcome: 'passed' | 'refused' | 'not reached';
  /** Only for a check that refuses. */
  readonly reason?: RefusalReason;
  /** Whether it is this check that decides: the first that refuses. */
  readonly decides: boolean;
  readonly saw: Observations;
}

/** A decision, and how it came about. */
export interface AccessTrace {
  readonly decision: Decision;
  /** One for each check, in their order. Those after the one that decides say what they would have refused. */
  readonly steps: readonly TraceStep[];
}

/** Decides by `decideAccess`, and says what each check saw. Limits are not looked at. */
export function traceAccess(
  call: Call,
  credential: Credential | undefined,
  api: ApiState | undefined,
): AccessTrace {
  if (credential === undefined) {
    return {
      decision: decideAccess(call, credential, api),
      steps: [
        { check: 'known key', outcome: 'refused', reason: 'key_unknown', decides: true, saw: {} },
        ...CHECKS.map(({ name }) => notReached(name)),
      ],
    };
  }
  const facts: Facts = { call, credential, api };
  const steps: TraceStep[] = [{ check: 'known key', outcome: 'passed', decides: false, saw: {} }];
  const decision = decideAccess(call, credential, api, (check, reason) => {
    const saw = OBSERVATIONS[check](facts);
    const decides = steps.every(({ outcome }) => outcome === 'passed');
    steps.push(
      reason === undefined
        ? { check, outcome: 'passed', decides: false, saw }
        : { check, outcome: 'refused', reason, decides, saw },
    );
  });
  return { decision, steps };
}

/** Adds the limits, which are looked at last. `decision`: what they say; absent: they were not asked. */
export function traceLimits(trace: AccessTrace, decision: Decision | undefined): AccessTrace {
  if (decision === undefined) return { ...trace, steps: [...trace.steps, notReached('limits')] };
  const step: TraceStep = decision.allowed
    ? { check: 'limits', outcome: 'passed', decides: false, saw: { limits: decision.limits.map(limitText) } }
    : {
        check: 'limits',
        outcome: 'refused',
        reason: decision.reason,
        decides: true,
        saw: { limits: decision.limit === undefined ? [] : [limitText(decision.limit)] },
      };
  return { decision, steps: [...trace.steps, step] };
}

/** A check that had nothing to look at. */
function notReached(check: TraceStep['check']): TraceStep {
  return { check, outcome: 'not reached', decides: false, saw: {} };
}

/** The data that each check looks at; the compiler keeps the list complete. */
const OBSERVATIONS: Readonly<Record<CheckName, (facts: Facts) => Observations>> = {
  revocation: ({ credential: { status } }) => ({ status }),
  expiry: ({ credential: { expiresAtEpochSeconds, replacedAtEpochSeconds }, call }) => ({
    at: isoOfSeconds(call.atEpochSeconds),
    expires: momentOf(expiresAtEpochSeconds),
    replaced: momentOf(replacedAtEpochSeconds),
  }),
  'key binding': ({ credential, call }) => ({ keyOf: credential.apiId ?? null, called: call.apiId }),
  environment: ({ credential, call }) => ({ keyType: credential.keyType, called: call.environment }),
  lifecycle: ({ api }) => ({ lifecycle: api?.lifecycle ?? null }),
  subscription: ({ credential, call }) => ({
    required: needsSubscription(credential, call),
    applicationId: credential.applicationId ?? null,
    subscriptionId: credential.subscription?.subscriptionId ?? null,
    status: credential.subscription?.status ?? null,
  }),
  'freshness mode': ({ credential: { subscription, permittedReferrer }, call }) => ({
    mode: formatFreshness(call.freshness),
    plan: subscription?.policy ?? null,
    permittedReferer: permittedReferrer.map(formatReferrerRule),
  }),
  'IP address': ({ credential, call }) => ({
    permittedIP: credential.permittedIp.map(formatIpRule),
    address: call.clientAddress ?? null,
  }),
  referrer: ({ credential, call }) => ({
    permittedReferer: credential.permittedReferrer.map(formatReferrerRule),
    referrer: call.referrer ?? null,
  }),
};

function limitText({
  level,
  policy,
  limit,
  windowSeconds,
  remaining,
  nextAccessEpochSeconds,
}: LimitState): string {
  const next = isoOfSeconds(nextAccessEpochSeconds);
  return `${level} (${policy}): ${remaining} of ${limit} in ${windowSeconds} s left, next window at ${next}`;
}

function momentOf(epochSeconds: number | undefined): string | null {
  return epochSeconds === undefined ? null : isoOfSeconds(epochSeconds);
}
