import { STAGE_NAMES, type GatewayStage } from '../core/environment.ts';
import { ApiItem } from '../platform/dynamodb/items.ts';
import { apiKey, LISTINGS } from '../platform/dynamodb/keys.ts';
import { readItems } from '../platform/dynamodb/read-items.ts';
import { readListing } from '../platform/dynamodb/read-listings.ts';
import { readLinksOf } from './links.ts';
import type { TableAccess } from './management.ts';
import type { Reach } from './reach-of-change.ts';
import { repeatsDecisions } from './repeated-decisions.ts';

/** The stages within `reach` whose gateway repeats decisions, and so may repeat one that no longer holds. */
export async function stagesInReach(access: TableAccess, reach: Reach): Promise<readonly GatewayStage[]> {
  const apis = (await apisInReach(access, reach)).filter(repeatsDecisions);
  return apis.flatMap(({ gatewayApiId }) =>
    reach.keyTypes.map((keyType) => ({ gatewayApiId, stage: STAGE_NAMES[keyType] })),
  );
}

async function apisInReach(
  access: TableAccess,
  reach: Reach,
): Promise<readonly Pick<ApiItem, 'gatewayApiId' | 'freshness'>[]> {
  const { store } = access;
  if ('registered' in reach) return reach.registered;
  if ('everyApi' in reach) return readListing(store, LISTINGS.apis, ApiItem);
  const apiIds =
    'apiIds' in reach ? reach.apiIds : (await readLinksOf(access, reach)).map(({ apiId }) => apiId);
  const apis = await readItems(store, apiIds.map(apiKey), ApiItem);
  if (reach.andOpenApis !== true) return apis;
  const named = new Set(apiIds);
  const open = (await readListing(store, LISTINGS.apis, ApiItem)).filter(
    ({ apiId, requiresSubscription }) => !requiresSubscription && !named.has(apiId),
  );
  return [...apis, ...open];
}
