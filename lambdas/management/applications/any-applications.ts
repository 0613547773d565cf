import { notFound } from '../../core/http/fault.ts';
import { ApplicationItem } from '../../platform/dynamodb/items.ts';
import { LISTINGS } from '../../platform/dynamodb/keys.ts';
import {
  collectPage,
  type CollectedPage,
  type Looked,
  type PageBounds,
} from '../../platform/dynamodb/collect-page.ts';
import { walkListing } from '../../platform/dynamodb/listings.ts';
import { findKeepingApplication } from './application-reads.ts';
import type { TableAccess } from '../frame/management.ts';
import type { Reads } from '../frame/snapshot.ts';

/** The fields of an application that lists across owners read. */
export const ListedApplication = ApplicationItem.pick({
  applicationId: true,
  owner: true,
  ownerName: true,
  name: true,
  throttlingPolicy: true,
  createdAt: true,
});
export type ListedApplication = Readonly<ReturnType<typeof ListedApplication.parse>>;

const APPLICATIONS_A_PAGE = 250;

export interface ApplicationFilter {
  /** Subject or name of the owner. */
  readonly user?: string;
  /** Part of a name, in upper or lower case. */
  readonly name?: string;
}

/** A page of the applications of all owners, newest first. */
export async function listAnyApplications(
  access: TableAccess,
  { user, name }: ApplicationFilter,
  { behind, ...bounds }: PageBounds & { readonly behind?: string },
): Promise<CollectedPage<ListedApplication>> {
  return collectPage(
    allApplications(access, behind),
    (application) =>
      (user === undefined || user === application.owner || user === application.ownerName) &&
      (name === undefined || application.name.toLowerCase().includes(name.toLowerCase())),
    bounds,
    access.clock,
  );
}

/** An application of any owner, by its id. @throws Fault `not_found` */
export async function getAnyApplication(
  access: TableAccess,
  read: Reads,
  applicationId: string,
): Promise<ApplicationItem> {
  for await (const { found } of allApplications(access)) {
    const listed = found.find(({ item }) => item.applicationId === applicationId);
    if (listed === undefined) continue;
    const application = await findKeepingApplication(read, listed.item.owner, applicationId);
    if (application !== undefined) return application;
  }
  throw notFound('application');
}

/** All applications, some at a time, newest first. */
export async function* allApplications(
  { store }: TableAccess,
  behind?: string,
): AsyncGenerator<Looked<ListedApplication>> {
  const walk = walkListing(store, LISTINGS.applications, {
    schema: ListedApplication,
    attributes: Object.keys(ListedApplication.shape),
    pageSize: APPLICATIONS_A_PAGE,
    ...(behind !== undefined && { behind }),
  });
  for await (const found of walk) {
    const end = found.at(-1)?.position;
    if (end !== undefined) yield { found, end };
  }
}
