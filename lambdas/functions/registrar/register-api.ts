import { apiIdOf } from '../../core/apis/managed-api.ts';
import type { Caller } from '../../core/http/caller.ts';
import { auditEntry } from '../../management/audit/audit.ts';
import { retryOnConflict } from '../../management/frame/carry-out.ts';
import type { Clock } from '../../platform/clock.ts';
import { removeWhere, updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import { ApiItem } from '../../platform/dynamodb/items.ts';
import {
  apiDefinitionItemKey,
  apiItemKey,
  apiListing,
  apiNameItemKey,
  logGroupItemKey,
} from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { ApiNameItem, LogGroupItem } from '../../platform/dynamodb/registration-items.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { create, overwrite, removeExisting, type Write } from '../../platform/dynamodb/writes.ts';
import { mayRegister, nameWrite } from './api-name.ts';
import type { Registration } from '../../contract/registration.ts';
import { requirePlans } from './require-plans.ts';

/** What the registrar needs, and the stack on whose behalf it acts. */
export interface Registrar {
  readonly store: Store;
  readonly clock: Clock;
  readonly caller: Caller;
  /** Proven to be what asks. */
  readonly stack: { readonly stackId: string; readonly stackName: string };
}

export type RegistrationResult =
  | { readonly registered: true; readonly apiId: string }
  | { readonly registered: false; readonly reason: string };

/** Fields that a registration can leave out, and an earlier one can have had. */
const OPTIONAL = [
  'keyHeader',
  'keyQueryParameter',
  'policies',
  'tags',
  'freshness',
  'accessLogGroup',
] as const;

/**
 * Writes an API into the table, or brings it up to date; its lifecycle stays as publishers left it. Refused when the name
 * and version belong to another stack, also when that has unregistered them.
 * @throws Error when there is no such business plan.
 */
export async function registerApi(
  { store, clock, caller, stack }: Registrar,
  { definition, initialLifecycle, accessLogGroup, ...registration }: Registration,
): Promise<RegistrationResult> {
  const { stackId } = stack;
  const apiId = apiIdOf(registration.name, registration.version);
  return retryOnConflict(async () => {
    const [before, owner] = await Promise.all([
      readItem(store, apiItemKey(apiId), ApiItem),
      readItem(store, apiNameItemKey(apiId), ApiNameItem),
    ]);
    if (!mayRegister(stack, owner, before)) {
      return {
        registered: false,
        reason: `${registration.name} ${registration.version} belongs to another stack. An administrator can hand it over: keybound apis release`,
      };
    }
    // What was registered once stays: a plan may have gone since, and the way back after a failed update must not fail.
    const known = before?.policies ?? [];
    await requirePlans(store, registration.policies?.filter((name) => !known.includes(name)) ?? []);
    const now = clock();
    const api: ApiItem = {
      ...registration,
      apiId,
      lifecycle: before?.lifecycle ?? owner?.lifecycle ?? initialLifecycle,
      stackId,
      ...(accessLogGroup !== undefined && { accessLogGroup: accessLogGroup.name }),
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      revision: (before?.revision ?? 0) + 1,
    };
    const { lifecycle, revision, ...registered } = api;
    const listing = apiListing(api.name, api.version);
    await writeAll(store, [
      before === undefined
        ? create(apiItemKey(apiId), { ...api, ...listing })
        : // Not the lifecycle: a publisher may be changing it at this moment.
          updateWhere(apiItemKey(apiId), {
            set: Object.entries({ ...registered, ...listing })
              .filter(([, value]) => value !== undefined)
              .map(([name, value]) => [[name], value]),
            remove: OPTIONAL.filter((name) => registered[name] === undefined).map((name) => [name]),
            add: [[['revision'], 1]],
            where: [{ path: ['stackId'], equals: before.stackId }],
          }),
      overwrite(apiDefinitionItemKey(apiId), typeof definition === 'string' ? { definition } : definition),
      nameWrite(owner, { api, stackName: stack.stackName, isRegistered: true }),
      ...(await formerLogGroupWrites(store, apiId, before, api.accessLogGroup)),
      ...(api.accessLogGroup === undefined
        ? []
        : [
            overwrite(logGroupItemKey(api.accessLogGroup), {
              apiId,
              requiresSubscription: api.requiresSubscription,
            }),
          ]),
      auditEntry(caller, now, {
        action: before === undefined ? 'api.register' : 'api.update',
        resourceId: apiId,
        owner: stackId,
        ...(before !== undefined && { before: { ...before } }),
        after: { ...api },
      }),
    ]);
    return { registered: true, apiId };
  });
}

/**
 * Takes an API out of the table; its name stays the stack's. Does nothing when it is gone, or when another stack or a newer
 * gateway of the same stack has taken its place.
 */
export async function unregisterApi(
  { store, clock, caller, stack }: Registrar,
  apiId: string,
  gatewayApiId: string,
): Promise<void> {
  await retryOnConflict(async () => {
    const [api, owner] = await Promise.all([
      readItem(store, apiItemKey(apiId), ApiItem),
      readItem(store, apiNameItemKey(apiId), ApiNameItem),
    ]);
    if (api?.stackId !== stack.stackId || api.gatewayApiId !== gatewayApiId) return;
    await writeAll(store, [
      // A newer gateway may be registering at this moment.
      removeWhere(apiItemKey(apiId), [
        { path: ['stackId'], equals: stack.stackId },
        { path: ['gatewayApiId'], equals: gatewayApiId },
      ]),
      removeExisting(apiDefinitionItemKey(apiId)),
      nameWrite(owner, { api, stackName: stack.stackName, isRegistered: false }),
      ...(await formerLogGroupWrites(store, apiId, api, undefined)),
      auditEntry(caller, clock(), {
        action: 'api.unregister',
        resourceId: apiId,
        owner: stack.stackId,
        before: { ...api },
      }),
    ]);
  });
}

/** Forgets the log group that an API had, unless another API of the stack, such as the renamed one, has it by now. */
async function formerLogGroupWrites(
  store: Store,
  apiId: string,
  before: ApiItem | undefined,
  accessLogGroup: string | undefined,
): Promise<readonly Write[]> {
  const former = before?.accessLogGroup;
  if (former === undefined || former === accessLogGroup) return [];
  const group = await readItem(store, logGroupItemKey(former), LogGroupItem);
  return group?.apiId === apiId ? [removeExisting(logGroupItemKey(former))] : [];
}
