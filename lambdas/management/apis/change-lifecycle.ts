import type { LifecycleStatus } from '../../core/apis/managed-api.ts';
import { Fault } from '../../core/http/fault.ts';
import { updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import type { ApiItem } from '../../platform/dynamodb/items.ts';
import { apiItemKey } from '../../platform/dynamodb/keys.ts';
import { unyielding, type Plan } from '../frame/change.ts';
import { getAnyApi } from './apis.ts';

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
export const STATE_NAMES = {
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

/**
 * Moves an API through its lifecycle. Its calls follow within five seconds.
 * @throws Fault `not_found`, `precondition_failed`; `conflict` when the API's state does not allow the action.
 */
export function changeLifecycle(apiId: string, action: LifecycleAction): Plan<ApiItem> {
  const { from, to } = LIFECYCLE_ACTIONS[action];
  return unyielding(async (read) => {
    const api = await getAnyApi(read.loosely, apiId);
    read.requireVersion(api.revision);
    if (!from.some((state) => state === api.lifecycle)) {
      throw new Fault(
        'conflict',
        `The API is ${api.lifecycle}; it must be ${from.join(' or ')} for ${action}.`,
      );
    }
    return {
      result: { ...api, lifecycle: to, revision: api.revision + 1 },
      writes: [
        updateWhere(apiItemKey(apiId), {
          set: [[['lifecycle'], to]],
          add: [[['revision'], 1]],
          where: [
            { path: ['lifecycle'], equals: api.lifecycle },
            ...(read.isConditional ? [{ path: ['revision'], equals: api.revision }] : []),
          ],
        }),
      ],
      audit: {
        action: 'api.lifecycle',
        resourceId: apiId,
        owner: api.provider,
        before: { lifecycle: api.lifecycle },
        after: { name: api.name, lifecycle: to },
      },
    };
  });
}
