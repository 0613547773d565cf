import { LinkItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { removeWhere, updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import { applicationItemKey, linkItemKey, type ItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { isEmpty as hasNothing } from '../../core/subscriptions/link.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import { findKeepingApplication } from '../applications/application-reads.ts';
import type { TableAccess } from '../frame/management.ts';

/**
 * Takes a key that ends out of what holds it, whatever else has changed there: its link, or for an application's own
 * key the application. A holder that is gone holds nothing.
 */
export async function releaseKey(management: TableAccess, key: KeyItem): Promise<Write[]> {
  const holder = await findHolder(management, key);
  if (holder === undefined) return [];
  return [
    updateWhere(holder, {
      remove: [['keys', key.keyUUID]],
      // Whoever read the holder with the key starts over.
      add: [[['version'], 1]],
    }),
  ];
}

/**
 * Deletes a link that nothing hangs on any more. Never fails: what asked for it has been done, and whoever writes the
 * link next tidies up, too.
 */
export async function tidyLinkOf(management: TableAccess, key: KeyItem): Promise<void> {
  if (key.apiId === undefined) return;
  const { store } = management;
  try {
    const place = await findHolder(management, key);
    if (place === undefined) return;
    const link = await readItem(store, place, LinkItem);
    if (link === undefined || !hasNothing(link)) return;
    const isEmpty = removeWhere(place, [
      { path: ['subscription'], is: 'absent' },
      { path: ['keys'], size: 0 },
    ]);
    await writeAll(store, [isEmpty]);
  } catch {
    // An empty link gives nothing to anybody.
  }
}

/** The item that holds a key: its link, or the application that it belongs to; `undefined` if there is none. */
export async function findHolder(management: TableAccess, key: KeyItem): Promise<ItemKey | undefined> {
  const { owner, applicationId, apiId } = key;
  if (applicationId === undefined) return undefined;
  if (apiId !== undefined) {
    const place = linkItemKey(owner, applicationId, apiId);
    if ((await readItem(management.store, place, LinkItem)) !== undefined) return place;
  }
  const application = await findKeepingApplication(management, owner, applicationId);
  if (application === undefined) return undefined;
  if (apiId === undefined) return applicationItemKey(application.owner, applicationId);
  if (application.owner === owner) return undefined;
  // While an application is given to another owner, its links get there before its keys.
  const moved = linkItemKey(application.owner, applicationId, apiId);
  return (await readItem(management.store, moved, LinkItem)) && moved;
}
