import { expect } from 'vitest';
import { z } from 'zod';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser, succeeded, type Issued, type PortalUser } from '../../support/portal-user.ts';

/** What a dry run answers, as far as tests look into it. */
export const DryRun = z.object({
  allowed: z.boolean(),
  refusal: z.object({ reason: z.string(), whatToChange: z.string() }).nullable(),
  steps: z.array(
    z.object({
      check: z.string(),
      outcome: z.string(),
      reason: z.string().nullable(),
      decides: z.boolean(),
      saw: z.record(z.string(), z.unknown()),
    }),
  ),
  warnings: z.array(z.string()),
});
export type DryRun = z.infer<typeof DryRun>;

interface SubscribedKey extends Issued {
  readonly applicationId: string;
  readonly subscriptionId: string;
}

/** The management functions, and the developer alice who asks for dry runs. */
export interface DryRuns {
  readonly harness: ManagementHarness;
  readonly alice: PortalUser;
  readonly dryRun: (apiId: string, body: object) => Promise<DryRun>;
  /** A key of PizzaShack, of a subscribed application. */
  readonly subscribedKey: (body?: object) => Promise<SubscribedKey>;
}

export async function openDryRuns(): Promise<DryRuns> {
  const harness = await openManagementHarness();
  const alice = portalUser(harness, 'alice');
  const { pizza } = harness.apis;
  return {
    harness,
    alice,
    dryRun: async (apiId, body) => succeeded(await alice.onKey(apiId, 'dry-run', body), DryRun),
    subscribedKey: async (body = {}) => {
      const applicationId = await alice.application();
      const subscriptionId = await alice.subscribe(applicationId, pizza);
      const key = await alice.generate(pizza, body);
      await alice.associate(pizza, key.keyUUID, applicationId);
      return { ...key, applicationId, subscriptionId };
    },
  };
}

export const mentioning = (text: string): unknown => expect.stringContaining(text);
