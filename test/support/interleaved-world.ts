import { z } from 'zod';
import type { ManagementHarness } from './management-harness.ts';
import { registerTestApi } from './management-harness.ts';
import { sampleIds, type Ids } from './management-routes.ts';
import { ADMIN, portalUser, succeeded } from './portal-user.ts';
import { restoreTable } from './table-snapshot.ts';
import { readTable, type StoredItem } from './table-contents.ts';

/**
 * A developer, alice, with something for every operation: what is meant by an id depends on the operation, so that each
 * of them succeeds when nobody disturbs it.
 */
export interface InterleavedWorld {
  readonly idsOf: (operationId: string) => Ids;
  /** The newest value of the associated key. */
  readonly apikey: string;
  /** The value before, in its grace period. */
  readonly previous: string;
  /** Brings the table back to the beginning. `current`: what it holds now, if that has been read. */
  readonly restore: (current?: readonly StoredItem[]) => Promise<void>;
}

const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });

export async function openInterleavedWorld(harness: ManagementHarness): Promise<InterleavedWorld> {
  const { pizza } = harness.apis;
  const alice = portalUser(harness, 'alice');
  const approving = await registerTestApi(harness.management, 'Approving', {
    requiresSubscription: true,
    approvesSubscriptions: true,
    policies: ['Gold'],
  });
  const applicationId = await alice.application({ name: 'First' });
  const second = await alice.application({ name: 'Second' });
  const subscriptionId = await alice.subscribe(applicationId, pizza, 'Bronze');
  const waiting = await alice.subscribe(second, approving);
  const { keyUUID, apikey: previous } = await alice.generate(pizza, { keyName: 'Associated' });
  await alice.associate(pizza, keyUUID, applicationId);
  const { apikey } = succeeded(
    await alice.onKey(pizza, 'regenerate', { keyUUID, gracePeriod: 3_600 }),
    Issued,
  );
  const { keyUUID: free } = await alice.generate(pizza, { keyName: 'Free' });
  const own = `/applications/${applicationId}/api-keys/PRODUCTION`;
  const { keyUUID: applicationKeyUUID } = succeeded(await alice.post(`${own}/generate`, {}), Issued);
  succeeded(
    await alice.post(`${own}/regenerate`, { keyUUID: applicationKeyUUID, gracePeriod: 3_600 }),
    Issued,
  );
  const policy = await harness.as(
    'root',
    'administrator',
  )({
    method: 'POST',
    path: `${ADMIN}/throttling/policies/subscription`,
    body: { policyName: 'Unused' },
  });
  const applicationPolicy = await harness.as(
    'root',
    'administrator',
  )({
    method: 'POST',
    path: `${ADMIN}/throttling/policies/application`,
    body: { policyName: 'Unused' },
  });
  const Policy = z.object({ policyId: z.string() });
  const [{ policyId }, { policyId: applicationPolicyId }] = [
    succeeded(policy, Policy),
    succeeded(applicationPolicy, Policy),
  ];

  const usual: Ids = {
    ...sampleIds(harness),
    applicationId,
    applicationUUID: applicationId,
    subscriptionId,
    keyUUID,
    applicationKeyUUID,
    policyId,
    owner: 'sub-alice',
  };
  const others: Readonly<Record<string, Ids>> = {
    createSubscription: { applicationId: second },
    createSubscriptions: { applicationId: second },
    associateApiKey: { keyUUID: free },
    associateKeyWithApplication: { keyUUID: free },
    approveSubscription: { subscriptionId: waiting },
    rejectSubscription: { subscriptionId: waiting },
    updateApplicationKey: { keyUUID: applicationKeyUUID },
    liftDecision: { owner: 'sub-dave' },
    updateApplicationPolicy: { policyId: applicationPolicyId },
    deleteApplicationPolicy: { policyId: applicationPolicyId },
  };
  const query = { apiId: pizza, owner: 'sub-dave', blockState: 'BLOCKED' };
  const block = { method: 'POST', path: '/api/am/publisher/v4/standing-decisions/block', query };
  succeeded(await harness.as('pat', 'publisher')(block), z.unknown());
  const snapshot = await readTable(harness.table.store);
  return {
    idsOf: (operationId) => ({ ...usual, ...others[operationId] }),
    apikey,
    previous,
    restore: (current) => restoreTable(harness.table.store, snapshot, current),
  };
}
