import { unpackDefinition } from '../../contract/pack-definition.ts';
import { notFound } from '../../core/http/fault.ts';
import { isVisible } from '../../core/apis/managed-api.ts';
import { ApiDefinitionItem, ApiDefinitionPartItem, ApiItem } from '../../platform/dynamodb/items.ts';
import {
  apiDefinitionItemKey,
  apiDefinitionPartItemKey,
  apiItemKey,
  LISTINGS,
} from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { readListing } from '../../platform/dynamodb/listings.ts';
import type { TableAccess } from '../frame/management.ts';
import { look, type Reads } from '../frame/snapshot.ts';

/** All APIs by name, hidden ones included: for publishers. */
export async function listAllApis({ store }: TableAccess): Promise<readonly ApiItem[]> {
  return readListing(store, LISTINGS.apis, ApiItem);
}

/** All APIs that developers see, by name and version. */
export async function listApis(access: TableAccess): Promise<readonly ApiItem[]> {
  const apis = await listAllApis(access);
  return apis.filter(({ lifecycle }) => isVisible(lifecycle));
}

/** @throws Fault `not_found` also for an API that developers do not see. */
export async function getApi(read: Reads, apiId: string): Promise<ApiItem> {
  const api = await read.item(apiItemKey(apiId), ApiItem);
  if (api === undefined || !isVisible(api.lifecycle)) throw notFound('API');
  return api;
}

/** The same, for publishers and administrators: hidden APIs included. @throws Fault `not_found` */
export async function getAnyApi(read: Reads, apiId: string): Promise<ApiItem> {
  const api = await read.item(apiItemKey(apiId), ApiItem);
  if (api === undefined) throw notFound('API');
  return api;
}

/** The OpenAPI document of an API, as JSON text. */
export async function getApiDefinition(management: TableAccess, apiId: string): Promise<string> {
  await getApi(look(management), apiId);
  return readDefinition(management, apiId);
}

/** The same of any API, for whoever may see it. @throws Fault `not_found` */
export async function readDefinition(management: TableAccess, apiId: string): Promise<string> {
  const item = await readItem(management.store, apiDefinitionItemKey(apiId), ApiDefinitionItem);
  if (item === undefined) throw notFound('API definition');
  return 'definition' in item ? item.definition : joinParts(management, apiId, item);
}

/** @throws Error when a part is not there, or is not what was registered. */
async function joinParts(
  { store }: TableAccess,
  apiId: string,
  { digest, parts }: { readonly digest: string; readonly parts: number },
): Promise<string> {
  const keys = Array.from({ length: parts }, (_, part) => apiDefinitionPartItemKey(apiId, digest, part));
  const items = await readItems(store, keys, ApiDefinitionPartItem);
  return unpackDefinition({
    digest,
    parts: items.toSorted((one, other) => one.part - other.part).map(({ content }) => content),
  });
}
