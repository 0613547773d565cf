import { randomUUID } from 'node:crypto';
import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { ApplicationNameItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import { applicationItemKey, applicationNameItemKey, type ItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { create, removeExisting, replace } from '../../platform/dynamodb/writes.ts';
import { applicationAttributes } from './application-items.ts';
import { getApplication, refuseMoving } from './application-reads.ts';
import { auditEntry } from '../audit/audit.ts';
import { writeNothingElse, type AlsoWrite } from '../frame/idempotently.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';
import { refuseMoreApplications } from '../owners/owner-limits.ts';
import { requirePolicy } from '../policies/policies.ts';
import { policyUseWrites } from '../policies/policy-use.ts';
import { refuseUnenforceablePolicy } from '../gateway-cache/repeated-decisions.ts';

/** What a developer decides about an application. */
export type ApplicationInput = Pick<
  ApplicationItem,
  'name' | 'throttlingPolicy' | 'description' | 'tokenType' | 'attributes'
>;

/** @throws Fault `conflict` when the caller has an application of this name; `bad_request` for no known policy. */
export async function createApplication(
  management: Management,
  caller: Caller,
  input: ApplicationInput,
  alsoWrite: AlsoWrite<ApplicationItem> = writeNothingElse,
): Promise<ApplicationItem> {
  const { store, clock } = management;
  const now = clock();
  const application: ApplicationItem = {
    ...input,
    applicationId: randomUUID(),
    owner: caller.subject,
    ownerName: caller.name,
    subscriptionCount: 0,
    keys: {},
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  const nameKey = applicationNameItemKey(caller.subject, input.name);
  await retryOnConflict(async () => {
    await requirePolicy(management, 'application', input.throttlingPolicy);
    await refuseTakenName(store, nameKey);
    await refuseMoreApplications(management, caller.subject);
    await writeAll(store, [
      create(
        applicationItemKey(caller.subject, application.applicationId),
        applicationAttributes(application),
      ),
      create(nameKey, { applicationId: application.applicationId }),
      ...policyUseWrites('application', { removed: [], added: [input.throttlingPolicy] }),
      auditEntry(caller, now, {
        action: 'application.create',
        resourceId: application.applicationId,
        owner: caller.subject,
        after: { ...input },
      }),
      ...(await alsoWrite(application)),
    ]);
  });
  return application;
}

/**
 * @throws Fault `not_found`, `precondition_failed`, or `conflict` when another application has the new name, or a
 * subscribed API cannot enforce the new policy.
 */
export async function updateApplication(
  management: Management,
  caller: Caller,
  applicationId: string,
  input: ApplicationInput,
  ifMatch?: IfMatch,
): Promise<ApplicationItem> {
  const { store, clock } = management;
  return retryOnConflict(async () => {
    const before = await getApplication(management, caller.subject, applicationId);
    requireVersion(before.version, ifMatch);
    refuseMoving(before);
    const now = clock();
    const after: ApplicationItem = { ...before, ...input, updatedAt: now, version: before.version + 1 };
    const oldName = applicationNameItemKey(before.owner, before.name);
    const newName = applicationNameItemKey(before.owner, after.name);
    const renamed = oldName.sk !== newName.sk;
    if (renamed) await refuseTakenName(store, newName);
    if (after.throttlingPolicy !== before.throttlingPolicy) {
      await requirePolicy(management, 'application', after.throttlingPolicy);
      await refuseUnenforceablePolicy(management, before, after.throttlingPolicy);
    }
    await writeAll(store, [
      replace(applicationItemKey(before.owner, applicationId), before, applicationAttributes(after)),
      ...(renamed ? [removeExisting(oldName), create(newName, { applicationId })] : []),
      ...policyUseWrites('application', {
        removed: [before.throttlingPolicy],
        added: [after.throttlingPolicy],
      }),
      auditEntry(caller, now, {
        action: 'application.update',
        resourceId: applicationId,
        owner: before.owner,
        before: inputOf(before),
        after: { ...input },
      }),
    ]);
    return after;
  });
}

async function refuseTakenName(store: Store, nameKey: ItemKey): Promise<void> {
  if ((await readItem(store, nameKey, ApplicationNameItem)) !== undefined) {
    throw new Fault('conflict', 'You already have an application of this name.');
  }
}

/** The part of an application that its developer decides. */
export function inputOf(application: ApplicationItem): ApplicationInput {
  const { name, throttlingPolicy, description, tokenType, attributes } = application;
  return { name, throttlingPolicy, description, tokenType, attributes };
}
