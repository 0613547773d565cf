import { applicationNames, findApplication } from '../../management/applications/application-reads.ts';
import { readUsage } from '../../management/usage/key-usage.ts';
import type { Reads } from '../../management/frame/snapshot.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { listPage, type Paging } from '../../platform/http/schemas.ts';
import { keyView } from './key-schemas.ts';

/** Reads what the view of a key shows beside it. */
export async function describeKey(
  { loosely }: Reads,
  { owner, applicationId, keyUUID }: KeyItem,
): Promise<(key: KeyItem) => KeyAnswer> {
  const [application, usage] = await Promise.all([
    applicationId === undefined ? undefined : findApplication(loosely, owner, applicationId),
    readUsage(loosely, [{ keyUUID }]),
  ]);
  const names = new Map(application && [[application.applicationId, application.name]]);
  return (key) => ({ body: keyView(key, names, usage.get(keyUUID)), version: key.version });
}

/** A key as its owner sees it, and its version. */
export interface KeyAnswer {
  readonly body: ReturnType<typeof keyView>;
  readonly version: number;
}

/** One page of `keys` at `path`, all of the same owner. */
export async function keyListPage(
  read: Reads,
  owner: string,
  path: string,
  keys: readonly KeyItem[],
  paging: Paging,
) {
  const { limit, offset } = paging;
  const [names, usage] = await Promise.all([
    applicationNames(read, owner),
    readUsage(read, keys.slice(offset, offset + limit)),
  ]);
  return listPage(path, keys, paging, (key) => keyView(key, names, usage.get(key.keyUUID)));
}
