import { unpackDefinition } from '../../contract/pack-definition.ts';
import { notFound } from '../../core/http/fault.ts';
import { isVisible } from '../../core/apis/managed-api.ts';
import { requireWhere } from '../../platform/dynamodb/conditional-updates.ts';
import { ApiDefinitionItem, ApiDefinitionPartItem, ApiItem } from '../../platform/dynamodb/items.ts';
import {
  apiDefinitionItemKey,
  apiDefinitionPartItemKey,
  apiItemKey,
  LISTINGS,
} from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { readListing } from '../../platform/dynamodb/read-listings.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import type { Management } from '../frame/management.ts';

/** All APIs that developers see, by name and version. */
export async function listApis({ store }: Management): Promise<readonly ApiItem[]> {
  const apis = await readListing(store, LISTINGS.apis, ApiItem);
  return apis.filter(({ lifecycle }) => isVisible(lifecycle));
}

/** @throws Fault `not_found` also for an API that developers do not see. */
export async function getApi({ store }: Management, apiId: string): Promise<ApiItem> {
  const api = await readItem(store, apiItemKey(apiId), ApiItem);
  if (api === undefined || !isVisible(api.lifecycle)) throw notFound('API');
  return api;
}

/** The same, for publishers and administrators: hidden APIs included. @throws Fault `not_found` */
export async function getAnyApi({ store }: Management, apiId: string): Promise<ApiItem> {
  const api = await readItem(store, apiItemKey(apiId), ApiItem);
  if (api === undefined) throw notFound('API');
  return api;
}

/** Fails the transaction when the API was changed, or taken away, since it was read. */
export function apiUnchanged({ apiId, revision }: ApiItem): Write {
  const path = ['revision'];
  const term = revision === 0 ? ({ path, is: 'absent' } as const) : { path, equals: revision };
  return requireWhere(apiItemKey(apiId), [{ path: ['pk'], is: 'present' }, term]);
}

/** The OpenAPI document of an API, as JSON text. */
export async function getApiDefinition(management: Management, apiId: string): Promise<string> {
  await getApi(management, apiId);
  return readDefinition(management, apiId);
}

/** The same of any API, for whoever may see it. @throws Fault `not_found` */
export async function readDefinition(management: Management, apiId: string): Promise<string> {
  const item = await readItem(management.store, apiDefinitionItemKey(apiId), ApiDefinitionItem);
  if (item === undefined) throw notFound('API definition');
  return 'definition' in item ? item.definition : joinParts(management, apiId, item);
}

/** @throws Error when a part is not there, or is not what was registered. */
async function joinParts(
  { store }: Management,
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
