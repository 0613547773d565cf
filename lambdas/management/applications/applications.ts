import { randomUUID } from 'node:crypto';
import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import { ApplicationNameItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import { applicationItemKey, applicationNameItemKey, type ItemKey } from '../../platform/dynamodb/keys.ts';
import { create, removeExisting, replace } from '../../platform/dynamodb/writes.ts';
import type { Plan } from '../frame/change.ts';
import type { Management } from '../frame/management.ts';
import type { Reads } from '../frame/snapshot.ts';
import { refuseUnenforceablePolicy } from '../gateway-cache/repeated-decisions.ts';
import { refuseMoreApplications } from '../owners/owner-limits.ts';
import { requirePolicy } from '../policies/policies.ts';
import { policyUseWrites } from '../policies/policy-use.ts';
import { applicationAttributes, getApplication, refuseMoving } from './application-reads.ts';

/** What a developer decides about an application. */
export type ApplicationInput = Pick<
  ApplicationItem,
  'name' | 'throttlingPolicy' | 'description' | 'tokenType' | 'attributes'
>;

/** @throws Fault `conflict` when the caller has an application of this name; `bad_request` for no known policy. */
export function createApplication(
  settings: Pick<Management, 'ownerLimits'>,
  { subject, name }: Caller,
  input: ApplicationInput,
): Plan<ApplicationItem> {
  const applicationId = randomUUID();
  const nameKey = applicationNameItemKey(subject, input.name);
  return async (read) => {
    await requirePolicy(read, 'application', input.throttlingPolicy);
    await refuseTakenName(read.loosely, nameKey);
    await refuseMoreApplications(settings, read, subject);
    const application: ApplicationItem = {
      ...input,
      applicationId,
      owner: subject,
      ownerName: name,
      subscriptionCount: 0,
      keys: {},
      createdAt: read.now,
      updatedAt: read.now,
      version: 1,
    };
    return {
      result: application,
      writes: [
        create(applicationItemKey(subject, applicationId), applicationAttributes(application)),
        create(nameKey, { applicationId }),
        ...policyUseWrites('application', { removed: [], added: [input.throttlingPolicy] }),
      ],
      audit: {
        action: 'application.create',
        resourceId: applicationId,
        owner: subject,
        after: { ...input },
      },
    };
  };
}

/**
 * @param refuse refuses what cannot be made of the application as it is.
 * @throws Fault `not_found`, `precondition_failed`, or `conflict` when another application has the new name, or a
 * subscribed API cannot enforce the new policy.
 */
export function updateApplication(
  owner: string,
  applicationId: string,
  input: ApplicationInput,
  refuse: (current: ApplicationItem) => void = () => undefined,
): Plan<ApplicationItem> {
  return async (read) => {
    const before = await getApplication(read, owner, applicationId);
    refuse(before);
    read.requireVersion(before.version);
    refuseMoving(before);
    const after: ApplicationItem = {
      ...before,
      ...input,
      updatedAt: read.now,
      version: before.version + 1,
    };
    const oldName = applicationNameItemKey(owner, before.name);
    const newName = applicationNameItemKey(owner, after.name);
    const renamed = oldName.sk !== newName.sk;
    if (renamed) await refuseTakenName(read.loosely, newName);
    if (after.throttlingPolicy !== before.throttlingPolicy) {
      await requirePolicy(read, 'application', after.throttlingPolicy);
      await refuseUnenforceablePolicy(read.loosely, before, after.throttlingPolicy);
    }
    return {
      result: after,
      writes: [
        replace(applicationItemKey(owner, applicationId), before, applicationAttributes(after)),
        ...(renamed ? [removeExisting(oldName), create(newName, { applicationId })] : []),
        ...policyUseWrites('application', {
          removed: [before.throttlingPolicy],
          added: [after.throttlingPolicy],
        }),
      ],
      audit: {
        action: 'application.update',
        resourceId: applicationId,
        owner,
        before: inputOf(before),
        after: { ...input },
      },
    };
  };
}

/** What takes the name is written on condition that nobody has. */
async function refuseTakenName(read: Reads, nameKey: ItemKey): Promise<void> {
  if ((await read.item(nameKey, ApplicationNameItem)) !== undefined) {
    throw new Fault('conflict', 'You already have an application of this name.');
  }
}

/** The part of an application that its developer decides. */
export function inputOf(application: ApplicationItem): ApplicationInput {
  const { name, throttlingPolicy, description, tokenType, attributes } = application;
  return { name, throttlingPolicy, description, tokenType, attributes };
}
