import { Fault, notFound } from '../../core/http/fault.ts';
import type { LinkedKey } from '../../core/subscriptions/link.ts';
import { ApplicationItem } from '../../platform/dynamodb/items.ts';
import {
  APPLICATION_PREFIX,
  applicationItemKey,
  listedByTime,
  LISTINGS,
  ownerPartition,
} from '../../platform/dynamodb/keys.ts';
import type { Reads } from '../frame/snapshot.ts';

/** With keys as links know them, too, whose lists are read-only. */
type Listed = Omit<ApplicationItem, 'keys'> & { readonly keys: Readonly<Record<string, LinkedKey>> };

/** An application as it is stored, with its place among those of all owners. */
export function applicationAttributes(application: Listed): Record<string, unknown> {
  const { createdAt, applicationId } = application;
  return { ...application, ...listedByTime(LISTINGS.applications, createdAt, applicationId) };
}

/** The owner's applications by name. */
export async function listApplications(read: Reads, owner: string): Promise<readonly ApplicationItem[]> {
  const applications = await read.partition(
    { pk: ownerPartition(owner), prefix: APPLICATION_PREFIX },
    ApplicationItem,
  );
  const own = applications.filter(({ movingTo }) => movingTo === undefined);
  return own.sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

export async function findApplication(
  read: Reads,
  owner: string,
  applicationId: string,
): Promise<ApplicationItem | undefined> {
  const application = await read.item(applicationItemKey(owner, applicationId), ApplicationItem);
  return application?.movingTo === undefined ? application : undefined;
}

/**
 * The application that keeps what an owner's keys and links have of it: the owner's, or, while it is being given to
 * another, already that one's.
 */
export async function findKeepingApplication(
  read: Reads,
  owner: string,
  applicationId: string,
): Promise<ApplicationItem | undefined> {
  const application = await read.item(applicationItemKey(owner, applicationId), ApplicationItem);
  return application?.movingTo === undefined
    ? application
    : read.item(applicationItemKey(application.movingTo, applicationId), ApplicationItem);
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
  read: Reads,
  owner: string,
  applicationId: string,
): Promise<ApplicationItem> {
  const application = await findApplication(read, owner, applicationId);
  if (application === undefined) throw notFound('application');
  return application;
}

/** The names of the owner's applications, by id. */
export async function applicationNames(read: Reads, owner: string): Promise<ReadonlyMap<string, string>> {
  const applications = await listApplications(read, owner);
  return new Map(applications.map(({ applicationId, name }) => [applicationId, name]));
}
