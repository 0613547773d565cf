import type { Link } from '../../core/subscriptions/link.ts';
import { STAGE_NAMES, type GatewayStage } from '../../core/decision/environment.ts';
import { ApiItem, ApplicationItem } from '../../platform/dynamodb/items.ts';
import { apiItemKey, APPLICATION_PREFIX, LISTINGS, ownerPartition } from '../../platform/dynamodb/keys.ts';
import { readItems } from '../../platform/dynamodb/read-items.ts';
import { readPartition } from '../../platform/dynamodb/partitions.ts';
import { readListing } from '../../platform/dynamodb/listings.ts';
import { readLinksOf } from '../links/links.ts';
import type { TableAccess } from '../frame/management.ts';
import { look } from '../frame/snapshot.ts';
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
    'apiIds' in reach ? reach.apiIds : (await linksInReach(access, reach)).map(({ apiId }) => apiId);
  const apis = await readItems(store, [...new Set(apiIds)].map(apiItemKey), ApiItem);
  if (reach.andOpenApis !== true) return apis;
  const named = new Set(apiIds);
  const open = (await readListing(store, LISTINGS.apis, ApiItem)).filter(
    ({ apiId, requiresSubscription }) => !requiresSubscription && !named.has(apiId),
  );
  return [...apis, ...open];
}

/** The links of an application; those too that have not followed it to its new owner. */
async function linksInReach(
  access: TableAccess,
  place: { readonly owner: string; readonly applicationId: string },
): Promise<readonly Pick<Link, 'apiId'>[]> {
  const { owner, applicationId } = place;
  // Asked for as a list: the roles of those who reset have no right to read single items of owners.
  const [application] = await readPartition(
    access.store,
    { pk: ownerPartition(owner), prefix: `${APPLICATION_PREFIX}${applicationId}` },
    ApplicationItem,
  );
  const { movingFrom } = application ?? {};
  // In the order in which they go: what has left the one place by now has come to the other.
  const left =
    movingFrom === undefined ? [] : await readLinksOf(look(access), { owner: movingFrom, applicationId });
  return [...left, ...(await readLinksOf(look(access), place))];
}
