import { expect } from 'vitest';
import { testAuthorizer, type TestAuthorizer } from './authorizer-calls.ts';
import { contradictionsIn } from './check-invariants.ts';
import { openManagementHarness, type ManagementHarness, type TestAnswer } from './management-harness.ts';
import { ADMIN, portalUser, type PortalUser } from './portal-user.ts';
import { publisherUser, type PublisherUser } from './publisher-user.ts';

/** A developer with keys of an API, and a publisher who decides about her. */
export interface DecisionWorld {
  readonly harness: ManagementHarness;
  readonly authorizer: TestAuthorizer;
  readonly alice: PortalUser;
  readonly publisher: PublisherUser;
  /** The id of an API that requires a subscription. */
  readonly pizza: string;
  /** Whether a call of the API with this value is allowed. */
  readonly isOpen: (apikey: string, environment?: 'PRODUCTION' | 'SANDBOX') => Promise<boolean>;
  /** An administrator gives an application to Bob. */
  readonly giveToBob: (applicationId: string) => Promise<TestAnswer>;
  /** Ends it; nothing in the table must contradict itself. */
  readonly close: () => Promise<void>;
}

export async function openDecisionWorld(): Promise<DecisionWorld> {
  const harness = await openManagementHarness();
  const authorizer = testAuthorizer(harness);
  const root = harness.as('root', 'administrator');
  return {
    harness,
    authorizer,
    alice: portalUser(harness, 'alice'),
    publisher: publisherUser(harness),
    pizza: harness.apis.pizza,
    isOpen: async (apikey, environment = 'PRODUCTION') =>
      (await authorizer.present(apikey, { environment })).kind === 'allowed',
    giveToBob: (applicationId) =>
      root({
        method: 'POST',
        path: `${ADMIN}/applications/${applicationId}/change-owner`,
        query: { owner: 'sub-bob', ownerName: 'bob' },
      }),
    close: async () => {
      expect(await contradictionsIn(harness.table.store)).toEqual([]);
      await harness.close();
    },
  };
}
