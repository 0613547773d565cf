import { randomUUID } from 'node:crypto';
import { INITIAL_POLICIES } from '../../core/limits/throttling-policy.ts';
import { PolicyItem } from '../../platform/dynamodb/items.ts';
import { policyItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { create } from '../../platform/dynamodb/writes.ts';

/** Writes the policies that are there from the start. Those that exist stay as administrators left them. */
export async function seedPolicies(store: Store): Promise<void> {
  for (const policy of INITIAL_POLICIES) {
    const key = policyItemKey(policy.level, policy.name);
    if ((await readItem(store, key, PolicyItem)) !== undefined) continue;
    await writeAll(store, [create(key, { ...policy, policyId: randomUUID(), useCount: 0, version: 1 })]);
  }
}
