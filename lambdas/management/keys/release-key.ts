import { isEmpty } from '../../core/subscriptions/link.ts';
import { removeWhere, updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import { LinkItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { applicationItemKey, linkItemKey, type ItemKey } from '../../platform/dynamodb/keys.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import { findKeepingApplication } from '../applications/application-reads.ts';
import type { TableAccess } from '../frame/management.ts';
import { look, type Reads } from '../frame/snapshot.ts';

/** What holds a key: its link, or for an application key the application. */
export interface Holder {
  readonly place: ItemKey;
  /** Otherwise it is the application. */
  readonly isLink: boolean;
}

/**
 * Takes a key that ends out of what holds it, whatever else has changed there. Whoever read the holder with the key starts
 * over. A holder that is gone holds nothing.
 */
export function releaseWrites(holder: Holder | undefined, { keyUUID }: KeyItem): readonly Write[] {
  if (holder === undefined) return [];
  return [updateWhere(holder.place, { remove: [['keys', keyUUID]], add: [[['version'], 1]] })];
}

/**
 * Deletes the link that a key has left if nothing hangs on it any more. Looks at it again: others may have left it since it
 * was read. Never fails: what asked for it has been done, and whoever writes the link next tidies up, too.
 */
export async function tidyUp(access: TableAccess, holder: Holder | undefined): Promise<void> {
  if (holder?.isLink !== true) return;
  const { place } = holder;
  try {
    const link = await look(access).item(place, LinkItem);
    if (link === undefined || !isEmpty(link)) return;
    const nothingHangsOn = [
      { path: ['subscription'], is: 'absent' },
      { path: ['keys'], size: 0 },
    ] as const;
    await writeAll(access.store, [removeWhere(place, nothingHangsOn)]);
  } catch {
    // An empty link gives nothing to anybody.
  }
}

/** What holds a key; `undefined` if there is nothing. */
export async function findHolder(read: Reads, key: KeyItem): Promise<Holder | undefined> {
  const { owner, applicationId, apiId } = key;
  if (applicationId === undefined) return undefined;
  const linkAt = async (place: ItemKey): Promise<Holder | undefined> => {
    const link = await read.item(place, LinkItem);
    return link && { place, isLink: true };
  };
  if (apiId !== undefined) {
    const own = await linkAt(linkItemKey(owner, applicationId, apiId));
    if (own !== undefined) return own;
  }
  const application = await findKeepingApplication(read, owner, applicationId);
  if (application === undefined) return undefined;
  if (apiId === undefined) {
    return { place: applicationItemKey(application.owner, applicationId), isLink: false };
  }
  // While an application is given to another owner, its links get there before its keys.
  return application.owner === owner
    ? undefined
    : linkAt(linkItemKey(application.owner, applicationId, apiId));
}
