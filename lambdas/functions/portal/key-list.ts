import { applicationNames } from '../../management/applications/application-reads.ts';
import { readUsage } from '../../management/usage/key-usage.ts';
import type { Management } from '../../management/frame/management.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { listPage, type Paging } from '../../platform/http/schemas.ts';
import { keyView } from './key-schemas.ts';

/** The view of keys of one owner: reads what of it is not in the keys. */
export async function keyViewer(
  management: Management,
  owner: string,
  keys: readonly Pick<KeyItem, 'keyUUID'>[],
): Promise<(key: KeyItem) => ReturnType<typeof keyView>> {
  const [names, usage] = await Promise.all([
    applicationNames(management, owner),
    readUsage(management, keys),
  ]);
  return (key) => keyView(key, names, usage.get(key.keyUUID));
}

/** One page of `keys` at `path`, all of the same owner. */
export async function keyListPage(
  management: Management,
  owner: string,
  path: string,
  keys: readonly KeyItem[],
  paging: Paging,
) {
  const { limit, offset } = paging;
  const view = await keyViewer(management, owner, keys.slice(offset, offset + limit));
  return listPage(path, keys, paging, view);
}
