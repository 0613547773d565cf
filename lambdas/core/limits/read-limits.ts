import type { Credential } from '../decision/credential.ts';
import type { Call, Refused } from '../decision/decide-access.ts';
import { limitsOf, type Limit, type LimitingPolicy } from './limit.ts';
import type { PolicyLevel } from './throttling-policy.ts';

/** Where the limits of a call stand: read each time, or remembered for a while. */
export interface LimitSource {
  readonly readPolicy: (level: PolicyLevel, name: string) => Promise<LimitingPolicy | undefined>;
  /** The name of the policy of an application; `undefined` when it does not exist. */
  readonly readApplicationPolicy: (owner: string, applicationId: string) => Promise<string | undefined>;
}

/**
 * The limits of a call that everything before them lets through: those of its subscription and application, where the API
 * wants a subscription. Refused, when the application does not exist any more, and when the gateway repeats decisions
 * without asking, so that calls cannot be counted.
 * @throws Error when a policy is not there, which nothing that is in use can be, or when DynamoDB does not answer.
 */
export async function readLimits(
  source: LimitSource,
  call: Pick<Call, 'apiId' | 'requiresSubscription' | 'freshness'>,
  credential: Credential,
): Promise<{ readonly limits: readonly Limit[] } | Refused> {
  const { owner, applicationId, subscription } = credential;
  if (!call.requiresSubscription || applicationId === undefined || subscription === undefined) {
    return { limits: [] };
  }
  const [plan, applicationPolicy] = await Promise.all([
    requirePolicy(source, 'subscription', subscription.policy),
    source
      .readApplicationPolicy(owner, applicationId)
      .then((name) => (name === undefined ? undefined : requirePolicy(source, 'application', name))),
  ]);
  if (applicationPolicy === undefined) return { allowed: false, reason: 'application_missing', credential };
  const limits = limitsOf(credential, { subscription: plan, application: applicationPolicy }, call.apiId);
  return limits.length > 0 && call.freshness.mode === 'gateway'
    ? { allowed: false, reason: 'mode_unenforceable', credential }
    : { limits };
}

async function requirePolicy(
  { readPolicy }: LimitSource,
  level: PolicyLevel,
  name: string,
): Promise<LimitingPolicy> {
  const policy = await readPolicy(level, name);
  if (policy === undefined) throw new Error(`there is no ${level} policy ${name}`);
  return policy;
}
