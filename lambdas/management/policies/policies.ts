import { randomUUID } from 'node:crypto';
import type { Caller } from '../../core/http/caller.ts';
import { countOf } from '../../core/general/count-of.ts';
import { Fault, notFound } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { UNLIMITED, type PolicyLevel, type ThrottlingPolicy } from '../../core/limits/throttling-policy.ts';
import { PolicyItem, type ApiItem } from '../../platform/dynamodb/items.ts';
import { policyItemKey, policyPartition } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { readPartition } from '../../platform/dynamodb/read-partitions.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { changeAttributes, create, removeUncounted } from '../../platform/dynamodb/writes.ts';
import { auditEntry } from '../audit/audit.ts';
import { writeNothingElse, type AlsoWrite } from '../frame/idempotently.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';

/** The policies of a level, by name. */
export async function listPolicies(
  { store }: Management,
  level: PolicyLevel,
): Promise<readonly PolicyItem[]> {
  return readPartition(store, { pk: policyPartition(level), prefix: '' }, PolicyItem);
}

/** The business plans that an API can be subscribed with: none for one that needs no subscription. */
export async function listPlansOf(
  management: Management,
  { requiresSubscription, policies }: Pick<ApiItem, 'requiresSubscription' | 'policies'>,
): Promise<readonly PolicyItem[]> {
  if (!requiresSubscription) return [];
  const plans = await listPolicies(management, 'subscription');
  return plans.filter(({ name }) => policies?.includes(name) ?? true);
}

/** @throws Fault `not_found` */
export async function getPolicyByName(
  { store }: Management,
  level: PolicyLevel,
  name: string,
): Promise<PolicyItem> {
  const policy = await readItem(store, policyItemKey(level, name), PolicyItem);
  if (policy === undefined) throw notFound('throttling policy');
  return policy;
}

/** @throws Fault `not_found` */
export async function getPolicy(
  management: Management,
  level: PolicyLevel,
  policyId: string,
): Promise<PolicyItem> {
  const policy = (await listPolicies(management, level)).find((candidate) => candidate.policyId === policyId);
  if (policy === undefined) throw notFound('throttling policy');
  return policy;
}

/** @throws Fault `bad_request` that lists the policies there are, when `name` is none of them. */
export async function requirePolicy(management: Management, level: PolicyLevel, name: string): Promise<void> {
  if ((await readItem(management.store, policyItemKey(level, name), PolicyItem)) !== undefined) return;
  const names = (await listPolicies(management, level)).map((policy) => policy.name);
  throw new Fault('bad_request', 'There is no such throttling policy.', {
    problems: [{ field: 'throttlingPolicy', message: `must be one of ${names.join(', ')}` }],
  });
}

/** @throws Fault `conflict` when the level has a policy of this name; `bad_request` for limits of `UNLIMITED`. */
export async function createPolicy(
  { store, clock }: Management,
  caller: Caller,
  policy: ThrottlingPolicy,
  alsoWrite: AlsoWrite<PolicyItem> = writeNothingElse,
): Promise<PolicyItem> {
  refuseLimitsOfUnlimited(policy);
  const item: PolicyItem = { ...policy, policyId: randomUUID(), useCount: 0, version: 1 };
  const key = policyItemKey(policy.level, policy.name);
  return retryOnConflict(async () => {
    if ((await readItem(store, key, PolicyItem)) !== undefined) {
      throw new Fault('conflict', 'A policy of this name already exists.');
    }
    await writeAll(store, [
      create(key, item),
      auditEntry(caller, clock(), { ...audited(item), action: 'policy.create', after: { ...policy } }),
      ...(await alsoWrite(item)),
    ]);
    return item;
  });
}

/** Changes everything but the level and the name, which subscriptions and applications hold. */
export async function updatePolicy(
  management: Management,
  caller: Caller,
  policyId: string,
  policy: ThrottlingPolicy,
  ifMatch?: IfMatch,
): Promise<PolicyItem> {
  return retryOnConflict(async () => {
    const before = await getPolicy(management, policy.level, policyId);
    requireVersion(before.version, ifMatch);
    if (before.name !== policy.name) {
      throw new Fault('bad_request', 'A policy keeps its name: subscriptions and applications refer to it.', {
        problems: [{ field: 'policyName', message: `must be ${before.name}` }],
      });
    }
    refuseLimitsOfUnlimited(policy);
    const { useCount, version } = before;
    const after: PolicyItem = { ...policy, policyId, useCount, version: version + 1 };
    await writeAll(management.store, [
      // The count of the policy's users can change meanwhile, and is kept.
      changeAttributes(policyItemKey(policy.level, policy.name), before, attributesOf(before, policy)),
      auditEntry(caller, management.clock(), {
        ...audited(after),
        action: 'policy.update',
        before: { ...before },
        after: { ...policy },
      }),
    ]);
    return after;
  });
}

/** @throws Fault `not_found`; `conflict` while a subscription or an application has the policy, and for `UNLIMITED`. */
export async function deletePolicy(
  management: Management,
  caller: Caller,
  level: PolicyLevel,
  policyId: string,
  ifMatch?: IfMatch,
): Promise<void> {
  await retryOnConflict(async () => {
    const before = await getPolicy(management, level, policyId);
    requireVersion(before.version, ifMatch);
    if (before.name === UNLIMITED) {
      throw new Fault('conflict', `APIs that cannot enforce limits need the policy ${UNLIMITED}.`);
    }
    if (before.useCount > 0) {
      throw new Fault(
        'conflict',
        `The policy is in use by ${countOf(before.useCount, level)}: choose another one there first.`,
      );
    }
    await writeAll(management.store, [
      removeUncounted(policyItemKey(level, before.name), before, 'useCount'),
      auditEntry(caller, management.clock(), {
        ...audited(before),
        action: 'policy.delete',
        before: { ...before },
      }),
    ]);
  });
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
