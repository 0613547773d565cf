import { notFound } from '../core/fault.ts';
import { isVisible } from '../core/managed-api.ts';
import { ApiDefinitionItem, ApiItem } from '../platform/dynamodb/items.ts';
import { apiDefinitionKey, apiKey, LISTINGS } from '../platform/dynamodb/keys.ts';
import { readItem } from '../platform/dynamodb/read-items.ts';
import { readListing } from '../platform/dynamodb/read-listings.ts';
import type { Management } from './management.ts';

/** All APIs that developers see, by name and version. */
export async function listApis({ store }: Management): Promise<readonly ApiItem[]> {
  const apis = await readListing(store, LISTINGS.apis, ApiItem);
  return apis.filter(({ lifecycle }) => isVisible(lifecycle));
}

/** @throws Fault `not_found` also for an API that developers do not see. */
export async function getApi({ store }: Management, apiId: string): Promise<ApiItem> {
  const api = await readItem(store, apiKey(apiId), ApiItem);
  if (api === undefined || !isVisible(api.lifecycle)) throw notFound('API');
  return api;
}

/** The same, for publishers and administrators: hidden APIs included. @throws Fault `not_found` */
export async function getAnyApi({ store }: Management, apiId: string): Promise<ApiItem> {
  const api = await readItem(store, apiKey(apiId), ApiItem);
  if (api === undefined) throw notFound('API');
  return api;
}

/** The OpenAPI document of an API, as JSON text. */
export async function getApiDefinition(management: Management, apiId: string): Promise<string> {
  await getApi(management, apiId);
  return readDefinition(management, apiId);
}

/** The same of any API, for whoever may see it. @throws Fault `not_found` */
export async function readDefinition({ store }: Management, apiId: string): Promise<string> {
  const item = await readItem(store, apiDefinitionKey(apiId), ApiDefinitionItem);
  if (item === undefined) throw notFound('API definition');
  return item.definition;
}
