import type { Credential } from '../core/credential.ts';
import { limitsOf, type Limit, type LimitingPolicy } from '../core/limit.ts';
import type { PolicyLevel } from '../core/throttling-policy.ts';

/** Where the limits of a call stand. */
export interface LimitSource {
  readonly readPolicy: (level: PolicyLevel, name: string) => Promise<LimitingPolicy | undefined>;
  /** The name of the policy of an application; `undefined` when it does not exist. */
  readonly readApplicationPolicy: (owner: string, applicationId: string) => Promise<string | undefined>;
}

/**
 * The limits of the calls of a key with a subscription; `undefined` when its application does not exist any more.
 * @throws Error when a policy is not there, which nothing that is in use can be, or when DynamoDB does not answer.
 */
export async function readLimits(
  { readPolicy, readApplicationPolicy }: LimitSource,
  credential: Credential,
): Promise<readonly Limit[] | undefined> {
  const { owner, applicationId, subscription } = credential;
  if (applicationId === undefined || subscription === undefined) return [];
  const policy = async (level: PolicyLevel, name: string): Promise<LimitingPolicy> => {
    const found = await readPolicy(level, name);
    if (found === undefined) throw new Error(`there is no ${level} policy ${name}`);
    return found;
  };
  const application = async () => {
    const name = await readApplicationPolicy(owner, applicationId);
    return name === undefined ? undefined : policy('application', name);
  };
  const [plan, applicationPolicy] = await Promise.all([
    policy('subscription', subscription.policy),
    application(),
  ]);
  return applicationPolicy && limitsOf(credential, { subscription: plan, application: applicationPolicy });
}
