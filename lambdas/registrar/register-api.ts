import { apiIdOf } from '../core/managed-api.ts';
import type { Clock } from '../platform/clock.ts';
import { ApiItem } from '../platform/dynamodb/items.ts';
import { apiDefinitionKey, apiKey, apiListing } from '../platform/dynamodb/keys.ts';
import { readItem } from '../platform/dynamodb/read-items.ts';
import type { Store } from '../platform/dynamodb/store.ts';
import { writeAll } from '../platform/dynamodb/write-all.ts';
import { create, overwrite, removeExisting, setAttributes } from '../platform/dynamodb/writes.ts';
import type { Caller } from '../core/caller.ts';
import { auditEntry } from '../management/audit.ts';
import type { Registration } from './registration.ts';

/** What the registrar needs, and on whose behalf it acts. */
export interface Registrar {
  readonly store: Store;
  readonly clock: Clock;
  readonly caller: Caller;
}

/**
 * Writes an API into the table, or brings it up to date; its lifecycle stays as publishers left it.
 * @returns the id of the API.
 * @throws Error when another stack has registered the same name and version.
 */
export async function registerApi(
  { store, clock, caller }: Registrar,
  stackId: string,
  { definition, initialLifecycle, ...registration }: Registration,
): Promise<string> {
  const apiId = apiIdOf(registration.name, registration.version);
  const before = await readItem(store, apiKey(apiId), ApiItem);
  if (before !== undefined && before.stackId !== stackId) {
    throw new Error(
      `${registration.name} ${registration.version} is registered by the stack ${before.stackId} already`,
    );
  }
  const now = clock();
  const api: ApiItem = {
    ...registration,
    apiId,
    lifecycle: before?.lifecycle ?? initialLifecycle,
    stackId,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  };
  const { lifecycle, ...registered } = api;
  const listing = apiListing(api.name, api.version);
  await writeAll(store, [
    before === undefined
      ? create(apiKey(apiId), { ...api, ...listing })
      : // Not the lifecycle: a publisher may be changing it at this moment.
        setAttributes(
          apiKey(apiId),
          {
            keyHeader: undefined,
            keyQueryParameter: undefined,
            policies: undefined,
            tags: undefined,
            freshness: undefined,
            ...registered,
            ...listing,
          },
          { attribute: 'stackId', equals: stackId },
        ),
    overwrite(apiDefinitionKey(apiId), { definition }),
    auditEntry(caller, now, {
      action: before === undefined ? 'api.register' : 'api.update',
      resourceId: apiId,
      owner: stackId,
      ...(before !== undefined && { before: { ...before } }),
      after: { ...api },
    }),
  ]);
  return apiId;
}

/**
 * Takes an API out of the table. Does nothing when it is gone, or when another stack or a newer gateway of the
 * same stack has taken its place.
 */
export async function unregisterApi(
  { store, clock, caller }: Registrar,
  stackId: string,
  apiId: string,
  gatewayApiId: string,
): Promise<void> {
  const api = await readItem(store, apiKey(apiId), ApiItem);
  if (api?.stackId !== stackId || api.gatewayApiId !== gatewayApiId) return;
  await writeAll(store, [
    removeExisting(apiKey(apiId)),
    removeExisting(apiDefinitionKey(apiId)),
    auditEntry(caller, clock(), {
      action: 'api.unregister',
      resourceId: apiId,
      owner: stackId,
      before: { ...api },
    }),
  ]);
}
