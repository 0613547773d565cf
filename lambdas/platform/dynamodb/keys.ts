/**
 * Every entity of the one table, its key, and the access pattern that the key serves. No other file spells a
 * key. `docs/data-model.md` explains the design.
 *
 * | entity                 | pk                | sk                    | read by                                |
 * |------------------------|-------------------|-----------------------|----------------------------------------|
 * | credential             | CREDENTIAL#digest | CREDENTIAL            | the authorizer, one strong GetItem     |
 * | API                    | API#apiId         | API                   | the authorizer (≤ 5 s old), the portal |
 * | API definition         | API#apiId         | DEFINITION            | the portal (OpenAPI document)          |
 * | application            | OWNER#owner       | APP#app               | its owner, by id or all                |
 * | application name       | OWNER#owner       | APPNAME#name          | nobody: keeps names unique             |
 * | link (app × API)       | OWNER#owner       | LINK#app#api          | its owner, by application or all       |
 * | key                    | OWNER#owner       | KEY#api#key           | its owner, by API or all               |
 * | key reference          | KEY#key           | KEY                   | administrators: key id → owner and API |
 * | subscription reference | SUBSCRIPTION#sub  | SUBSCRIPTION          | subscription id → its link             |
 * | audit entry            | AUDIT#day         | time#id               | administrators, by time                |
 *
 * The index `listing` holds APIs (by name) and live keys (by time of creation) for the lists that span owners.
 *
 * What belongs to a developer lies in that developer's partition: a query cannot leave it, and another's
 * resource is not found rather than forbidden. Ids in sort keys are UUIDs, checked before they get here.
 */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const TTL_ATTRIBUTE = 'ttl';
export const LISTING_INDEX = 'listing';

/** Partitions of the index `listing`. */
export const LISTINGS = { apis: 'API', keys: 'KEY' } as const;

export function credentialKey(digest: string): ItemKey {
  return { pk: `CREDENTIAL#${digest}`, sk: 'CREDENTIAL' };
}

export function apiKey(apiId: string): ItemKey {
  return { pk: `API#${apiId}`, sk: 'API' };
}

export function apiDefinitionKey(apiId: string): ItemKey {
  return { pk: `API#${apiId}`, sk: 'DEFINITION' };
}

export function applicationKey(owner: string, applicationId: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `${APPLICATION_PREFIX}${applicationId}` };
}

/** Names are unique for an owner without regard to case. */
export function applicationNameKey(owner: string, name: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `APPNAME#${name.toLowerCase()}` };
}

export function linkKey(owner: string, applicationId: string, apiId: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `${linkPrefix(applicationId)}${apiId}` };
}

export function keyKey(owner: string, apiId: string, keyUUID: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `${keyPrefix(apiId)}${keyUUID}` };
}

export function keyReferenceKey(keyUUID: string): ItemKey {
  return { pk: `KEY#${keyUUID}`, sk: 'KEY' };
}

export function subscriptionReferenceKey(subscriptionId: string): ItemKey {
  return { pk: `SUBSCRIPTION#${subscriptionId}`, sk: 'SUBSCRIPTION' };
}

/** `at` in ISO 8601. */
export function auditKey(at: string, auditId: string): ItemKey {
  return { pk: `AUDIT#${at.slice(0, 10)}`, sk: `${at}#${auditId}` };
}

export function ownerPartition(owner: string): string {
  return `OWNER#${owner}`;
}

export const APPLICATION_PREFIX = 'APP#';
export const ALL_LINKS_PREFIX = 'LINK#';

export function linkPrefix(applicationId: string): string {
  return `${ALL_LINKS_PREFIX}${applicationId}#`;
}

export function keyPrefix(apiId: string): string {
  return `KEY#${apiId}#`;
}

/** Orders the index `listing`: APIs by name, keys by creation. */
export function apiListing(name: string, version: string): { listing: string; listingOrder: string } {
  return { listing: LISTINGS.apis, listingOrder: `${name.toLowerCase()}#${version}` };
}

export function keyListing(createdAt: number, keyUUID: string): { listing: string; listingOrder: string } {
  return { listing: LISTINGS.keys, listingOrder: `${new Date(createdAt).toISOString()}#${keyUUID}` };
}
