import { Fault, notFound } from '../../core/http/fault.ts';
import { ApplicationItem } from '../../platform/dynamodb/items.ts';
import { APPLICATION_PREFIX, applicationItemKey, ownerPartition } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { readPartition } from '../../platform/dynamodb/read-partitions.ts';
import type { TableAccess } from '../frame/management.ts';

/** The owner's applications by name. */
export async function listApplications(
  { store }: TableAccess,
  owner: string,
): Promise<readonly ApplicationItem[]> {
  const applications = await readPartition(
    store,
    { pk: ownerPartition(owner), prefix: APPLICATION_PREFIX },
    ApplicationItem,
  );
  const own = applications.filter(({ movingTo }) => movingTo === undefined);
  return own.sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

export async function findApplication(
  { store }: TableAccess,
  owner: string,
  applicationId: string,
): Promise<ApplicationItem | undefined> {
  const application = await readItem(store, applicationItemKey(owner, applicationId), ApplicationItem);
  return application?.movingTo === undefined ? application : undefined;
}

/**
 * The application that keeps what an owner's keys and links have of it: the owner's, or, while it is being given to
 * another, already that one's.
 */
export async function findKeepingApplication(
  { store }: TableAccess,
  owner: string,
  applicationId: string,
): Promise<ApplicationItem | undefined> {
  const application = await readItem(store, applicationItemKey(owner, applicationId), ApplicationItem);
  return application?.movingTo === undefined
    ? application
    : readItem(store, applicationItemKey(application.movingTo, applicationId), ApplicationItem);
}

/** @throws Fault `conflict` while an application is on its way from another owner. */
export function refuseMoving({ movingFrom }: Pick<ApplicationItem, 'movingFrom'>): void {
  if (movingFrom === undefined) return;
  throw new Fault(
    'conflict',
    'The application is being transferred to another owner. An administrator can complete the transfer. Nothing was changed.',
  );
}

/** @throws Fault `not_found` also for another's application: it is not in the owner's partition. */
export async function getApplication(
  access: TableAccess,
  owner: string,
  applicationId: string,
): Promise<ApplicationItem> {
  const application = await findApplication(access, owner, applicationId);
  if (application === undefined) throw notFound('application');
  return application;
}

/** The names of the owner's applications, by id. */
export async function applicationNames(
  management: TableAccess,
  owner: string,
): Promise<ReadonlyMap<string, string>> {
  const applications = await listApplications(management, owner);
  return new Map(applications.map(({ applicationId, name }) => [applicationId, name]));
}
