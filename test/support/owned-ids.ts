import type { ManagementHarness } from './management-harness.ts';
import { sampleIds, type Ids } from './management-routes.ts';
import { portalUser } from './portal-user.ts';

/** The ids of an application, its subscription and a key that a developer has just made; random ones for the rest. */
export async function ownedIds(harness: ManagementHarness, name: string): Promise<Ids> {
  const user = portalUser(harness, name);
  const applicationId = await user.application();
  const subscriptionId = await user.subscribe(applicationId, harness.apis.pizza);
  const { keyUUID } = await user.generate(harness.apis.pizza);
  return { ...sampleIds(harness), applicationId, applicationUUID: applicationId, subscriptionId, keyUUID };
}
