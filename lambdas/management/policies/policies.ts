import { randomUUID } from 'node:crypto';
import { countOf } from '../../core/general/count-of.ts';
import { Fault, notFound } from '../../core/http/fault.ts';
import { UNLIMITED, type PolicyLevel, type ThrottlingPolicy } from '../../core/limits/throttling-policy.ts';
import { PolicyItem, type ApiItem } from '../../platform/dynamodb/items.ts';
import { policyItemKey, policyPartition } from '../../platform/dynamodb/keys.ts';
import { changeAttributes, create, removeUncounted } from '../../platform/dynamodb/writes.ts';
import type { Plan } from '../frame/change.ts';
import type { Reads } from '../frame/snapshot.ts';

/** The policies of a level, by name. */
export async function listPolicies(read: Reads, level: PolicyLevel): Promise<readonly PolicyItem[]> {
  return read.partition({ pk: policyPartition(level), prefix: '' }, PolicyItem);
}

/** The business plans that an API can be subscribed with: none for one that needs no subscription. */
export async function listPlansOf(
  read: Reads,
  { requiresSubscription, policies }: Pick<ApiItem, 'requiresSubscription' | 'policies'>,
): Promise<readonly PolicyItem[]> {
  if (!requiresSubscription) return [];
  const plans = await listPolicies(read, 'subscription');
  return plans.filter(({ name }) => policies?.includes(name) ?? true);
}

/** @throws Fault `not_found` */
export async function getPolicyByName(read: Reads, level: PolicyLevel, name: string): Promise<PolicyItem> {
  const policy = await read.item(policyItemKey(level, name), PolicyItem);
  if (policy === undefined) throw notFound('throttling policy');
  return policy;
}

/** @throws Fault `not_found` */
export async function getPolicy(read: Reads, level: PolicyLevel, policyId: string): Promise<PolicyItem> {
  const policy = (await listPolicies(read, level)).find((candidate) => candidate.policyId === policyId);
  if (policy === undefined) throw notFound('throttling policy');
  return policy;
}

/**
 * Whoever takes a policy counts among its users (`policyUseWrites`), so that it cannot be deleted in between.
 * @throws Fault `bad_request` that lists the policies there are, when `name` is none of them.
 */
export async function requirePolicy({ loosely }: Reads, level: PolicyLevel, name: string): Promise<void> {
  if ((await loosely.item(policyItemKey(level, name), PolicyItem)) !== undefined) return;
  const names = (await listPolicies(loosely, level)).map((policy) => policy.name);
  throw new Fault('bad_request', 'There is no such throttling policy.', {
    problems: [{ field: 'throttlingPolicy', message: `must be one of ${names.join(', ')}` }],
  });
}

/** @throws Fault `conflict` when the level has a policy of this name; `bad_request` for limits of `UNLIMITED`. */
export function createPolicy(policy: ThrottlingPolicy): Plan<PolicyItem> {
  const item: PolicyItem = { ...policy, policyId: randomUUID(), useCount: 0, version: 1 };
  const key = policyItemKey(policy.level, policy.name);
  return async (read) => {
    refuseLimitsOfUnlimited(policy);
    if ((await read.item(key, PolicyItem)) !== undefined) {
      throw new Fault('conflict', 'A policy of this name already exists.');
    }
    return {
      result: item,
      writes: [create(key, item)],
      audit: { ...audited(item), action: 'policy.create', after: { ...policy } },
    };
  };
}

/** Changes everything but the level and the name, which subscriptions and applications hold. */
export function updatePolicy(policyId: string, policy: ThrottlingPolicy): Plan<PolicyItem> {
  return async (read) => {
    const before = await getPolicy(read, policy.level, policyId);
    read.requireVersion(before.version);
    if (before.name !== policy.name) {
      throw new Fault('bad_request', 'A policy keeps its name: subscriptions and applications refer to it.', {
        problems: [{ field: 'policyName', message: `must be ${before.name}` }],
      });
    }
    refuseLimitsOfUnlimited(policy);
    const { useCount, version } = before;
    const after: PolicyItem = { ...policy, policyId, useCount, version: version + 1 };
    return {
      result: after,
      // The count of the policy's users can change meanwhile, and is kept.
      writes: [
        changeAttributes(policyItemKey(policy.level, policy.name), before, attributesOf(before, policy)),
      ],
      audit: { ...audited(after), action: 'policy.update', before: { ...before }, after: { ...policy } },
    };
  };
}

/** @throws Fault `not_found`; `conflict` while a subscription or an application has the policy, and for `UNLIMITED`. */
export function deletePolicy(level: PolicyLevel, policyId: string): Plan<void> {
  return async (read) => {
    const before = await getPolicy(read, level, policyId);
    read.requireVersion(before.version);
    if (before.name === UNLIMITED) {
      throw new Fault('conflict', `APIs that cannot enforce limits need the policy ${UNLIMITED}.`);
    }
    if (before.useCount > 0) {
      throw new Fault(
        'conflict',
        `The policy is in use by ${countOf(before.useCount, level)}: choose another one there first.`,
      );
    }
    return {
      result: undefined,
      writes: [removeUncounted(policyItemKey(level, before.name), before, 'useCount')],
      audit: { ...audited(before), action: 'policy.delete', before: { ...before } },
    };
  };
}

/** A policy's attributes; those that it no longer has are `undefined`, and so removed. */
function attributesOf({ policyId, useCount, version, ...before }: PolicyItem, policy: ThrottlingPolicy) {
  return { ...Object.fromEntries(Object.keys(before).map((name) => [name, undefined])), ...policy };
}

/** APIs whose gateway repeats decisions rely on there being none. */
function refuseLimitsOfUnlimited({ name, limit, burst }: ThrottlingPolicy): void {
  if (name !== UNLIMITED || (limit ?? burst) === undefined) return;
  throw new Fault('bad_request', `The policy ${UNLIMITED} cannot have a limit: APIs rely on it.`, {
    problems: [
      { field: limit === undefined ? 'rateLimitCount' : 'defaultLimit', message: 'must be left out' },
    ],
  });
}

function audited({ policyId }: PolicyItem) {
  return { resourceId: policyId, owner: 'administrators' };
}
