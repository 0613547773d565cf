import { foldCase } from '../../core/general/plain-text.ts';
import { dayOf } from '../../core/general/utc.ts';

/**
 * Every entity of the one table, its key, and the access pattern that the key serves. No other file spells a
 * key. `docs/contribute/data-model.md` explains the design.
 *
 * | entity                 | pk                | sk                    | read by                                |
 * |------------------------|-------------------|-----------------------|----------------------------------------|
 * | credential             | CREDENTIAL#digest | CREDENTIAL            | the authorizer, one strong GetItem     |
 * | API                    | API#apiId         | API                   | the authorizer (≤ 5 s old), the portal |
 * | API definition         | API#apiId         | DEFINITION            | the portal (OpenAPI document)          |
 * | name of an API         | API#apiId         | NAME                  | the registrar: whose it is, for good   |
 * | log group              | LOGGROUP#name     | LOGGROUP              | the usage function: group → its API    |
 * | part of a definition   | API#apiId         | DEFINITION#hash#part  | the portal (large OpenAPI documents)   |
 * | application            | OWNER#owner       | APP#app               | its owner, by id or all                |
 * | ending application     | OWNER#owner       | ENDING#app            | its owner: what is left of it          |
 * | application name       | OWNER#owner       | APPNAME#name          | nobody: keeps names unique             |
 * | link (app × API)       | OWNER#owner       | LINK#app#api          | its owner, by application or all       |
 * | standing decision      | OWNER#owner       | DECISION#api          | its owner, by API: may it subscribe    |
 * | key of an API          | OWNER#owner       | KEY#api#key           | its owner, by API or all               |
 * | key of an application  | OWNER#owner       | APPKEY#app#key        | its owner, by application or all       |
 * | key reference          | KEY#key           | KEY                   | administrators: key id → its key       |
 * | reminder               | KEY#key           | REMINDER              | the reminders: what was said of expiry |
 * | usage                  | KEY#key           | USAGE                 | lists of keys: when it was last used   |
 * | refusal                | REFUSAL#request   | REFUSAL               | the key's owner, administrators        |
 * | places for refusals    | REFUSAL#scope     | HOUR#hour             | nobody: caps the records of refusals   |
 * | calls of an hour       | CALLS#entity#id   | HOUR#hour             | usage of a key, application or API     |
 * | addresses of a day     | CALLS#KEY#key     | ADDRESS#day#address   | usage of a key: where it came from     |
 * | batch of log           | BATCH#digest      | part                  | nobody: counts a batch once            |
 * | counter of a limit     | COUNTER#scope#id  | window                | the authorizer: leases of calls        |
 * | subscription reference | SUBSCRIPTION#sub  | SUBSCRIPTION          | subscription id → its link             |
 * | throttling policy      | POLICY#level      | name                  | everybody, by level                    |
 * | answer to a request    | OWNER#owner       | IDEMPOTENCY#digest    | its owner, by Idempotency-Key          |
 * | audit entry            | AUDIT#day         | time#id               | administrators, by time                |
 *
 * The index `listing` has the lists that span owners: APIs and names of APIs by name; keys, ended ones until their TTL,
 * and applications by time of creation; the subscriptions of an API, the standing decisions about an API, the audit
 * entries of a resource and the refusals of a key by time; references of keys by day of expiry, values in their grace
 * period by the day that ends.
 *
 * A developer's items are in that developer's partition: a query cannot leave it, and another's
 * resource is not found rather than forbidden. Ids in sort keys are UUIDs, checked before they get here.
 */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const TTL_ATTRIBUTE = 'ttl';
export const LISTING_INDEX = 'listing';

/** Partitions of the index `listing`. */
export const LISTINGS = {
  apis: 'API',
  apiNames: 'APINAME',
  keys: 'KEY',
  applications: 'APPLICATION',
  subscriptionsOf: (apiId: string) => `SUBSCRIPTION#${apiId}`,
  decisionsOf: (apiId: string) => `DECISION#${apiId}`,
  auditOf: (resourceId: string) => `AUDIT#${resourceId}`,
  refusalsOf: (keyUUID: string) => `REFUSAL#${keyUUID}`,
  /** Credentials whose grace period ends on `day`. */
  graceEndingOn: (day: string) => `GRACE#${day}`,
  /** `day` in UTC, as `2026-01-31`. */
  expiringOn: (day: string) => `EXPIRY#${day}`,
} as const;

/** How the partitions begin that the authorizer reads; its role names them. */
export const CREDENTIAL_PARTITION_PREFIX = 'CREDENTIAL#';
export const API_PARTITION_PREFIX = 'API#';
/** Where the authorizer counts. */
export const COUNTER_PARTITION_PREFIX = 'COUNTER#';
/** Where the usage function writes. */
export const REFUSAL_PARTITION_PREFIX = 'REFUSAL#';
export const CALLS_PARTITION_PREFIX = 'CALLS#';
export const BATCH_PARTITION_PREFIX = 'BATCH#';

/** How the partitions of each kind of item begin: what the role of a function names, see `lib/internal/core/table-rights.ts`. */
export const PARTITION_PREFIXES = {
  credential: CREDENTIAL_PARTITION_PREFIX,
  api: API_PARTITION_PREFIX,
  logGroup: 'LOGGROUP#',
  owner: 'OWNER#',
  key: 'KEY#',
  refusal: REFUSAL_PARTITION_PREFIX,
  calls: CALLS_PARTITION_PREFIX,
  batch: BATCH_PARTITION_PREFIX,
  counter: COUNTER_PARTITION_PREFIX,
  subscription: 'SUBSCRIPTION#',
  policy: 'POLICY#',
  audit: 'AUDIT#',
} as const;
export type PartitionKind = keyof typeof PARTITION_PREFIXES;

export function credentialItemKey(digest: string): ItemKey {
  return { pk: `${CREDENTIAL_PARTITION_PREFIX}${digest}`, sk: 'CREDENTIAL' };
}

export function apiItemKey(apiId: string): ItemKey {
  return { pk: `${API_PARTITION_PREFIX}${apiId}`, sk: 'API' };
}

export function apiDefinitionItemKey(apiId: string): ItemKey {
  return { pk: `${API_PARTITION_PREFIX}${apiId}`, sk: 'DEFINITION' };
}

/** The stack that a name and version belong to; the item outlives the API. */
export function apiNameItemKey(apiId: string): ItemKey {
  return { pk: `${API_PARTITION_PREFIX}${apiId}`, sk: 'NAME' };
}

/** The API that the lines of a log group are about. */
export function logGroupItemKey(name: string): ItemKey {
  return { pk: `${PARTITION_PREFIXES.logGroup}${name}`, sk: 'LOGGROUP' };
}

/** A part of a document that is too large for one item. `digest`: SHA-256 of the whole, as hexadecimal digits. */
export function apiDefinitionPartItemKey(apiId: string, digest: string, part: number): ItemKey {
  return { pk: `${API_PARTITION_PREFIX}${apiId}`, sk: `DEFINITION#${digest}#${part}` };
}

export function applicationItemKey(owner: string, applicationId: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `${APPLICATION_PREFIX}${applicationId}` };
}

/** An application that is being deleted, while it has links. */
export function endingApplicationItemKey(owner: string, applicationId: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `ENDING#${applicationId}` };
}

/** Names are unique for an owner without regard to case, or to how accents are written. */
export function applicationNameItemKey(owner: string, name: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `APPNAME#${foldCase(name)}` };
}

export function linkItemKey(owner: string, applicationId: string, apiId: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `${linkPrefix(applicationId)}${apiId}` };
}

/** A publisher's decision about an owner at an API. It outlives subscriptions and applications. */
export function decisionItemKey(owner: string, apiId: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `DECISION#${apiId}` };
}

/** Shows that a link exists, without any data of its owner. */
export const LINK_PROOF_ATTRIBUTES = ['pk', 'sk', 'applicationId'] as const;

/** The scope of a key: one API, or every API that an application subscribes to. It never changes. */
export type KeyScope = { readonly apiId: string } | { readonly boundApplicationId: string };

export function keyItemKey(owner: string, scope: KeyScope, keyUUID: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `${keyPrefix(scope)}${keyUUID}` };
}

export function keyReferenceItemKey(keyUUID: string): ItemKey {
  return { pk: `KEY#${keyUUID}`, sk: 'KEY' };
}

export function reminderItemKey(keyUUID: string): ItemKey {
  return { pk: `KEY#${keyUUID}`, sk: 'REMINDER' };
}

export function usageItemKey(keyUUID: string): ItemKey {
  return { pk: `KEY#${keyUUID}`, sk: 'USAGE' };
}

/** `requestId`: as API Gateway returns it in the header `apigw-requestid`. */
export function refusalItemKey(requestId: string): ItemKey {
  return { pk: `${REFUSAL_PARTITION_PREFIX}${requestId}`, sk: 'REFUSAL' };
}

/** `scope`: what refusals are capped by, as `refusalScope` writes it; `hour` in UTC, as `2026-01-31T12`. */
export function refusalPlacesItemKey(scope: string, hour: string): ItemKey {
  return { pk: `${REFUSAL_PARTITION_PREFIX}${scope}`, sk: `HOUR#${hour}` };
}

/** The kinds of things that calls are counted by. */
export const CALL_ENTITIES = ['KEY', 'APPLICATION', 'API'] as const;
export type CallEntity = (typeof CALL_ENTITIES)[number];

const CALL_HOUR_PREFIX = 'HOUR#';
const CALL_ADDRESS_PREFIX = 'ADDRESS#';

function callsPartition(entity: CallEntity, id: string): string {
  return `${CALLS_PARTITION_PREFIX}${entity}#${id}`;
}

/** `hour` in UTC, as `2026-01-31T12`. */
export function callsItemKey(entity: CallEntity, id: string, hour: string): ItemKey {
  return { pk: callsPartition(entity, id), sk: `${CALL_HOUR_PREFIX}${hour}` };
}

/** `day` in UTC, as `2026-01-31`. */
export function callAddressItemKey(keyUUID: string, day: string, address: string): ItemKey {
  return { pk: callsPartition('KEY', keyUUID), sk: `${CALL_ADDRESS_PREFIX}${day}#${address}` };
}

/** The hours of an entity from one to another, both included. */
export function callHours(entity: CallEntity, id: string, from: string, to: string) {
  return {
    pk: callsPartition(entity, id),
    from: `${CALL_HOUR_PREFIX}${from}`,
    to: `${CALL_HOUR_PREFIX}${to}`,
  };
}

/** The addresses of a key on the days from one to another, both included. */
export function callAddresses(keyUUID: string, from: string, to: string) {
  // `$` comes after `#`: what begins with the last day and `#` lies before it.
  return {
    pk: callsPartition('KEY', keyUUID),
    from: `${CALL_ADDRESS_PREFIX}${from}`,
    to: `${CALL_ADDRESS_PREFIX}${to}$`,
  };
}

/** `digest`: of the ids of a batch of log lines; `part`: which part of what follows from it. */
export function batchItemKey(digest: string, part: number): ItemKey {
  return { pk: `${BATCH_PARTITION_PREFIX}${digest}`, sk: String(part) };
}

/** `scope`: what is counted, `window`: the one that is counted in. */
export function counterItemKey(scope: string, id: string, window: string): ItemKey {
  return { pk: `${COUNTER_PARTITION_PREFIX}${scope}#${id}`, sk: window };
}

export function subscriptionReferenceItemKey(subscriptionId: string): ItemKey {
  return { pk: `SUBSCRIPTION#${subscriptionId}`, sk: 'SUBSCRIPTION' };
}

/** `keyDigest`: of the Idempotency-Key. */
export function idempotencyItemKey(owner: string, keyDigest: string): ItemKey {
  return { pk: ownerPartition(owner), sk: `IDEMPOTENCY#${keyDigest}` };
}

/** `at` in ISO 8601. */
export function auditItemKey(at: string, auditId: string): ItemKey {
  return { pk: auditPartition(at.slice(0, 10)), sk: `${at}#${auditId}` };
}

export function ownerPartition(owner: string): string {
  return `OWNER#${owner}`;
}

export const APPLICATION_PREFIX = 'APP#';
export const ALL_LINKS_PREFIX = 'LINK#';
export const ALL_API_KEYS_PREFIX = 'KEY#';
export const ALL_APPLICATION_KEYS_PREFIX = 'APPKEY#';

export function linkPrefix(applicationId: string): string {
  return `${ALL_LINKS_PREFIX}${applicationId}#`;
}

export function keyPrefix(scope: KeyScope): string {
  return 'apiId' in scope
    ? `${ALL_API_KEYS_PREFIX}${scope.apiId}#`
    : `${ALL_APPLICATION_KEYS_PREFIX}${scope.boundApplicationId}#`;
}

export function policyItemKey(level: string, name: string): ItemKey {
  return { pk: policyPartition(level), sk: name };
}

/** How the partitions of throttling policies begin. */
export const POLICY_PARTITION_PREFIX = 'POLICY#';

export function policyPartition(level: string): string {
  return `${POLICY_PARTITION_PREFIX}${level}`;
}

/** The day partition of audit entries; `day` as `2026-01-31`. */
export function auditPartition(day: string): string {
  return `AUDIT#${day}`;
}

/** Places in the index `listing`: APIs by name, all else by time. */
export function apiListing(name: string, version: string): { listing: string; listingOrder: string } {
  return { listing: LISTINGS.apis, listingOrder: `${name.toLowerCase()}#${version}` };
}

/** The same for names, those that are free included. */
export function apiNameListing(name: string, version: string): { listing: string; listingOrder: string } {
  return { ...apiListing(name, version), listing: LISTINGS.apiNames };
}

/** `listing` is one of `LISTINGS`, `at` in milliseconds since the epoch. */
export function listedByTime(
  listing: string,
  at: number,
  id: string,
): { listing: string; listingOrder: string } {
  return { listing, listingOrder: `${new Date(at).toISOString()}#${id}` };
}

/** The place of a value whose grace period ends at `endsAt` (seconds since the epoch) among those of the same day. */
export function graceListing(endsAt: number, keyUUID: string): { listing: string; listingOrder: string } {
  const at = endsAt * 1000;
  return listedByTime(LISTINGS.graceEndingOn(dayOf(at)), at, keyUUID);
}

/** The place of a key that expires at `expiresAt` (seconds since the epoch) among those of the same day. */
export function expiryListing(expiresAt: number, keyUUID: string): { listing: string; listingOrder: string } {
  const at = expiresAt * 1000;
  return listedByTime(LISTINGS.expiringOn(dayOf(at)), at, keyUUID);
}

/** Where a part of a list by time begins and ends: from `from` on, before `to` (milliseconds since the epoch). */
export function listingSpan(from: number, to: number): { readonly first: string; readonly last: string } {
  // The id behind a time makes the place greater than the time alone.
  return { first: new Date(from).toISOString(), last: new Date(to).toISOString() };
}

/** The time, in milliseconds since the epoch, of a place in a list by time. */
export function timeOfListing(listingOrder: string): number {
  return Date.parse(listingOrder.slice(0, listingOrder.indexOf('#')));
}
