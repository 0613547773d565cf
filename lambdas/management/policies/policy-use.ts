import type { PolicyLevel } from '../../core/limits/throttling-policy.ts';
import { policyItemKey } from '../../platform/dynamodb/keys.ts';
import { addToCount, type Write } from '../../platform/dynamodb/writes.ts';

/**
 * Counts who has which policy, so that one in use cannot be deleted. The count is no part of the policy's version: an
 * administrator can change a policy that is subscribed to all the time. Fails the transaction when a policy does not
 * exist. `undefined` names nobody's policy.
 */
export function policyUseWrites(
  level: PolicyLevel,
  {
    removed,
    added,
  }: { readonly removed: readonly (string | undefined)[]; readonly added: readonly (string | undefined)[] },
): Write[] {
  const changes = new Map<string, number>();
  const count = (name: string | undefined, change: number) => {
    if (name !== undefined) changes.set(name, (changes.get(name) ?? 0) + change);
  };
  for (const name of removed) count(name, -1);
  for (const name of added) count(name, 1);
  return [...changes]
    .filter(([, change]) => change !== 0)
    .map(([name, change]) => addToCount(policyItemKey(level, name), 'useCount', change));
}
