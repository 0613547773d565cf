import type { Caller } from '../../core/http/caller.ts';
import { Fault, notFound } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import type { LifecycleStatus } from '../../core/apis/managed-api.ts';
import { updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import { ApiItem } from '../../platform/dynamodb/items.ts';
import { apiItemKey, LISTINGS } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { readListing } from '../../platform/dynamodb/read-listings.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { auditEntry } from '../audit/audit.ts';
import { retryOnConflict, UNYIELDING, type Management } from '../frame/management.ts';

export const LIFECYCLE_ACTION_NAMES = ['Publish', 'Block', 'Re-Publish', 'Deprecate', 'Retire'] as const;
export type LifecycleAction = (typeof LIFECYCLE_ACTION_NAMES)[number];

/** The actions of WSO2's lifecycle, the states that they start from, and the one that they lead to. */
const LIFECYCLE_ACTIONS = {
  Publish: { from: ['CREATED'], to: 'PUBLISHED' },
  Block: { from: ['PUBLISHED', 'DEPRECATED'], to: 'BLOCKED' },
  'Re-Publish': { from: ['BLOCKED'], to: 'PUBLISHED' },
  Deprecate: { from: ['PUBLISHED', 'BLOCKED'], to: 'DEPRECATED' },
  Retire: { from: ['DEPRECATED'], to: 'RETIRED' },
} as const satisfies Record<LifecycleAction, { from: readonly LifecycleStatus[]; to: LifecycleStatus }>;

/** The names that WSO2's clients know the states by. */
const STATE_NAMES = {
  CREATED: 'Created',
  PUBLISHED: 'Published',
  DEPRECATED: 'Deprecated',
  BLOCKED: 'Blocked',
  RETIRED: 'Retired',
} as const satisfies Record<LifecycleStatus, string>;

/** A state of WSO2's lifecycle, and where it can go from here. */
export function lifecycleStateOf(lifecycle: LifecycleStatus) {
  return {
    state: STATE_NAMES[lifecycle],
    checkItems: [],
    availableTransitions: LIFECYCLE_ACTION_NAMES.flatMap((event) => {
      const { from, to } = LIFECYCLE_ACTIONS[event];
      return from.some((state) => state === lifecycle) ? [{ event, targetState: STATE_NAMES[to] }] : [];
    }),
  };
}

/** All APIs by name, hidden ones included: for publishers. */
export async function listAllApis({ store }: Management): Promise<readonly ApiItem[]> {
  return readListing(store, LISTINGS.apis, ApiItem);
}

/**
 * Moves an API through its lifecycle. Its calls follow within five seconds.
 * @throws Fault `not_found`, `precondition_failed`; `conflict` when the API's state does not allow the action.
 */
export async function changeLifecycle(
  { store, clock }: Management,
  caller: Caller,
  apiId: string,
  action: LifecycleAction,
  ifMatch?: IfMatch,
): Promise<ApiItem> {
  const { from, to } = LIFECYCLE_ACTIONS[action];
  return retryOnConflict(async () => {
    const api = await readItem(store, apiItemKey(apiId), ApiItem);
    if (api === undefined) throw notFound('API');
    requireVersion(api.revision, ifMatch);
    if (!from.some((state) => state === api.lifecycle)) {
      throw new Fault(
        'conflict',
        `The API is ${api.lifecycle}; it must be ${from.join(' or ')} for ${action}.`,
      );
    }
    await writeAll(store, [
      updateWhere(apiItemKey(apiId), {
        set: [[['lifecycle'], to]],
        add: [[['revision'], 1]],
        where: [
          { path: ['lifecycle'], equals: api.lifecycle },
          ...(ifMatch === undefined ? [] : [{ path: ['revision'], equals: api.revision }]),
        ],
      }),
      auditEntry(caller, clock(), {
        action: 'api.lifecycle',
        resourceId: apiId,
        owner: api.provider,
        before: { lifecycle: api.lifecycle },
        after: { name: api.name, lifecycle: to },
      }),
    ]);
    return { ...api, lifecycle: to, revision: api.revision + 1 };
  }, UNYIELDING);
}
