import { PolicyItem } from '../../platform/dynamodb/items.ts';
import { policyItemKey, policyPartition } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { readPartition } from '../../platform/dynamodb/partitions.ts';
import type { Store } from '../../platform/dynamodb/store.ts';

/**
 * Looks for the business plans that an API names: a misspelt one would leave it without subscribers.
 * @throws Error that names those that there are not, and those that there are.
 */
export async function requirePlans(store: Store, names: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const name of names) {
    const plan = await readItem(store, policyItemKey('subscription', name), PolicyItem);
    if (plan === undefined) missing.push(name);
  }
  if (missing.length === 0) return;
  const plans = await readPartition(store, { pk: policyPartition('subscription'), prefix: '' }, PolicyItem);
  throw new Error(
    `policies: there is no business plan ${missing.join(', ')}; there are ${plans.map(({ name }) => name).join(', ')}. Create it before the deployment (keybound policies create), or name another`,
  );
}
