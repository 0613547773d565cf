import { randomUUID } from 'node:crypto';
import type { Caller } from '../core/caller.ts';
import { Fault, notFound } from '../core/fault.ts';
import { newLink, type Link } from '../core/link.ts';
import { ApplicationItem, ApplicationNameItem, KeyItem } from '../platform/dynamodb/items.ts';
import {
  APPLICATION_PREFIX,
  applicationKey,
  applicationNameKey,
  credentialKey,
  keyKey,
  linkKey,
  ownerPartition,
  subscriptionReferenceKey,
  type ItemKey,
} from '../platform/dynamodb/keys.ts';
import {
  MAX_TRANSACTION_ITEMS,
  readItem,
  readItems,
  readPartition,
  writeAll,
  type Store,
} from '../platform/dynamodb/store.ts';
import {
  create,
  remove,
  removeExisting,
  replace,
  setAttributes,
  type Write,
} from '../platform/dynamodb/writes.ts';
import { auditEntry } from './audit.ts';
import { keyAttributes, keyKeyOf } from './credential-items.ts';
import { readLinksOf, subscriptionAttributes } from './links.ts';
import { retryOnConflict, type Management } from './management.ts';

/** What a developer decides about an application. */
export type ApplicationInput = Pick<
  ApplicationItem,
  'name' | 'throttlingPolicy' | 'description' | 'tokenType' | 'attributes'
>;

/** @throws Fault `conflict` when the caller has an application of this name. */
export async function createApplication(
  { store, clock }: Management,
  caller: Caller,
  input: ApplicationInput,
): Promise<ApplicationItem> {
  const now = clock();
  const application: ApplicationItem = {
    ...input,
    applicationId: randomUUID(),
    owner: caller.subject,
    ownerName: caller.name,
    subscriptionCount: 0,
    createdAt: now,
    updatedAt: now,
    version: 1,
  };
  const nameKey = applicationNameKey(caller.subject, input.name);
  await retryOnConflict(async () => {
    await refuseTakenName(store, nameKey, input.name);
    await writeAll(store, [
      create(applicationKey(caller.subject, application.applicationId), application),
      create(nameKey, { applicationId: application.applicationId }),
      auditEntry(caller, now, {
        action: 'application.create',
        resourceId: application.applicationId,
        owner: caller.subject,
        after: { ...input },
      }),
    ]);
  });
  return application;
}

export async function listApplications(
  { store }: Management,
  owner: string,
): Promise<readonly ApplicationItem[]> {
  const applications = await readPartition(
    store,
    { pk: ownerPartition(owner), prefix: APPLICATION_PREFIX },
    ApplicationItem,
  );
  return applications.sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

/** @throws Fault `not_found` also for another's application: it is not in the owner's partition. */
export async function getApplication(
  { store }: Management,
  owner: string,
  applicationId: string,
): Promise<ApplicationItem> {
  const application = await readItem(store, applicationKey(owner, applicationId), ApplicationItem);
  if (application === undefined) throw notFound('application');
  return application;
}

/** @throws Fault `not_found`, or `conflict` when another application of the caller has the new name. */
export async function updateApplication(
  management: Management,
  caller: Caller,
  applicationId: string,
  input: ApplicationInput,
): Promise<ApplicationItem> {
  const { store, clock } = management;
  return retryOnConflict(async () => {
    const before = await getApplication(management, caller.subject, applicationId);
    const now = clock();
    const after: ApplicationItem = { ...before, ...input, updatedAt: now, version: before.version + 1 };
    const oldName = applicationNameKey(before.owner, before.name);
    const newName = applicationNameKey(before.owner, after.name);
    const renamed = oldName.sk !== newName.sk;
    if (renamed) await refuseTakenName(store, newName, after.name);
    await writeAll(store, [
      replace(applicationKey(before.owner, applicationId), before, after),
      ...(renamed ? [removeExisting(oldName), create(newName, { applicationId })] : []),
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

/**
 * Deletes an application with its subscriptions, and dissociates its keys, in one transaction: the keys go on
 * to exist, but no longer open what the application had subscribed to.
 * @throws Fault `not_found`, or `conflict` when more hangs on it than one transaction can change.
 */
export async function deleteApplication(
  management: Management,
  caller: Caller,
  applicationId: string,
): Promise<void> {
  const { store, clock } = management;
  await retryOnConflict(async () => {
    const application = await getApplication(management, caller.subject, applicationId);
    const links = await readLinksOf(management, application);
    const keys = await readItems(
      store,
      links.flatMap(({ owner, apiId, keys: linked }) =>
        Object.keys(linked).map((keyUUID) => keyKey(owner, apiId, keyUUID)),
      ),
      KeyItem,
    );
    const writes = [
      remove(applicationKey(application.owner, applicationId), application),
      removeExisting(applicationNameKey(application.owner, application.name)),
      ...links.flatMap(endedLinkWrites),
      ...keys.flatMap(dissociatedKeyWrites),
      auditEntry(caller, clock(), {
        action: 'application.delete',
        resourceId: applicationId,
        owner: application.owner,
        before: { ...inputOf(application), apis: links.map(({ apiId }) => apiId) },
      }),
    ];
    if (writes.length > MAX_TRANSACTION_ITEMS) {
      throw new Fault(
        'conflict',
        `The application has ${links.length} linked APIs and ${keys.length} associated keys: too many to end at once. Dissociate keys or delete subscriptions first; nothing was changed.`,
      );
    }
    await writeAll(store, writes);
  });
}

function endedLinkWrites(link: Link): Write[] {
  const { owner, applicationId, apiId, subscription } = link;
  return [
    remove(linkKey(owner, applicationId, apiId), link),
    ...(subscription === undefined
      ? []
      : [removeExisting(subscriptionReferenceKey(subscription.subscriptionId))]),
  ];
}

/** Takes a key out of its application: the key's item, and what its credential has from the link. */
export function dissociatedKeyWrites(key: KeyItem): Write[] {
  const { applicationId, ...rest } = key;
  if (applicationId === undefined) return [];
  const nothing = subscriptionAttributes(newLink(key.owner, applicationId, key.apiId));
  return [
    replace(keyKeyOf(key), key, keyAttributes(rest)),
    setAttributes(credentialKey(key.digest), { applicationId: undefined, ...nothing }),
  ];
}

async function refuseTakenName(store: Store, nameKey: ItemKey, name: string): Promise<void> {
  if ((await readItem(store, nameKey, ApplicationNameItem)) !== undefined) {
    throw new Fault('conflict', `You have an application named ${JSON.stringify(name)} already.`);
  }
}

function inputOf({
  name,
  throttlingPolicy,
  description,
  tokenType,
  attributes,
}: ApplicationItem): ApplicationInput {
  return { name, throttlingPolicy, description, tokenType, attributes };
}
