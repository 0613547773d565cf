import { z } from 'zod';
import { apiItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { writeAll } from '../../../lambdas/platform/dynamodb/write-all.ts';
import { setAttributes } from '../../../lambdas/platform/dynamodb/writes.ts';
import { testAuthorizer, type Outcome, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';

interface Subscriber {
  readonly applicationId: string;
  readonly value: string;
}

/** Keys of PizzaShack with policies of their own, and calls with them. */
export interface LimitedCalls {
  readonly harness: ManagementHarness;
  readonly alice: PortalUser;
  /** Makes a policy. @returns its name, which no other one has. */
  readonly policy: (level: 'subscription' | 'application', body: object) => Promise<string>;
  /** A key in an application with these policies. */
  readonly subscriber: (plan: object, ofApplication?: object, more?: object) => Promise<Subscriber>;
  /** The value of one more key of an application. */
  readonly keyOf: (applicationId: string, more?: object) => Promise<string>;
  /** Moves the clock to the beginning of an hour that nothing was counted in, for a new instance of the authorizer. */
  readonly anew: () => TestAuthorizer;
}

let policies = 0;
/** The name of the policy that was made last. */
export const lastPolicy = () => `Policy-${policies}`;

/** The limit of a policy, as administrators write it. */
export const limit = (requestCount: number, timeUnit = 'min', unitTime = 1) => ({
  defaultLimit: { type: 'REQUESTCOUNTLIMIT', requestCount: { timeUnit, unitTime, requestCount } },
});

export const reasonOf = (outcome: Outcome) =>
  outcome.kind === 'forbidden'
    ? z.object({ reason: z.string() }).parse(outcome.context).reason
    : outcome.kind;

/** How calls with values one after the other ended. */
export async function outcomesOf(
  authorizer: TestAuthorizer,
  values: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const value of values) found.push(reasonOf(await authorizer.present(value)));
  return found;
}

export async function openLimitedCalls(): Promise<LimitedCalls> {
  const harness = await openManagementHarness();
  const { pizza } = harness.apis;
  const alice = portalUser(harness, 'alice');
  // All plans that there are.
  await writeAll(harness.table.store, [setAttributes(apiItemKey(pizza), { policies: undefined })]);

  const policy: LimitedCalls['policy'] = async (level, body) => {
    policies += 1;
    const policyName = lastPolicy();
    const answer = await harness.as(
      'admin',
      'administrator',
    )({
      method: 'POST',
      path: `${ADMIN}/throttling/policies/${level}`,
      body: { policyName, ...body },
    });
    succeeded(answer, z.unknown());
    return policyName;
  };
  const keyOf: LimitedCalls['keyOf'] = async (applicationId, more = {}) => {
    const { keyUUID, apikey } = await alice.generate(pizza, more);
    await alice.associate(pizza, keyUUID, applicationId);
    return apikey;
  };
  return {
    harness,
    alice,
    policy,
    keyOf,
    subscriber: async (plan, ofApplication, more = {}) => {
      const throttlingPolicy =
        ofApplication === undefined ? 'Unlimited' : await policy('application', ofApplication);
      const applicationId = await alice.application({ throttlingPolicy });
      await alice.subscribe(applicationId, pizza, await policy('subscription', plan));
      return { applicationId, value: await keyOf(applicationId, more) };
    },
    anew: () => {
      harness.time.now = Math.ceil((harness.time.now + 1) / 3_600_000) * 3_600_000;
      return testAuthorizer(harness);
    },
  };
}
