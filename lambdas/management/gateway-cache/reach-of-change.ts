import { readLatest } from '../../contract/audit-entry.ts';
import {
  ApiSnapshot,
  ApplicationSnapshot,
  KeySnapshot,
  PolicySnapshot,
  SubscriptionSnapshot,
} from '../../contract/audit-snapshots.ts';
import { KEY_TYPES, type KeyType } from '../../core/decision/credential.ts';
import { isAuditAction, type AuditAction } from '../../core/audit/lifecycle-event.ts';
import type { AuditItem } from '../../platform/dynamodb/items.ts';

/** The calls whose decision may have turned over: of which APIs, in which environments. */
export type Reach = { readonly keyTypes: readonly KeyType[] } &
  /** `andOpenApis`: also of all APIs that need no subscription, which an application's own keys open. */
  (
    | { readonly apiIds: readonly string[]; readonly andOpenApis?: true }
    /** The APIs that the application subscribes to. */
    | { readonly owner: string; readonly applicationId: string; readonly andOpenApis?: true }
    /** APIs as they were registered, since they may be gone. */
    | { readonly registered: readonly ApiSnapshot[] }
    | { readonly everyApi: true }
  );

const Key = KeySnapshot.pick({ keyType: true, apiId: true, boundApplicationId: true });
const Subscription = SubscriptionSnapshot.pick({ apiId: true });
const Application = ApplicationSnapshot.pick({ throttlingPolicy: true });
/** `keys` are absent in entries that were written before they were named. */
const WholeApplication = ApplicationSnapshot.pick({ apis: true, keys: true }).required({ apis: true });
const Policy = PolicySnapshot.omit({ name: true });

type ReachOf = (entry: AuditItem) => Reach | undefined;

const REACHES = {
  // Nobody can have presented a value that did not exist.
  'key.generate': undefined,
  'key.import': reachOfKeyChange,
  'key.regenerate': reachOfKeyChange,
  'key.end-grace': reachOfKeyChange,
  'key.update': reachOfKeyChange,
  'key.suspend': reachOfKeyChange,
  'key.resume': reachOfKeyChange,
  'key.associate': reachOfKeyChange,
  'key.dissociate': reachOfKeyChange,
  'key.revoke': reachOfKeyChange,
  'subscription.create': reachOfSubscription,
  'subscription.update': reachOfSubscription,
  'subscription.block': reachOfSubscription,
  'subscription.blockProduction': reachOfSubscription,
  'subscription.unblock': reachOfSubscription,
  'subscription.approve': reachOfSubscription,
  'subscription.reject': reachOfSubscription,
  'subscription.delete': reachOfSubscription,
  'decision.block': undefined,
  'decision.lift': undefined,
  'application.create': undefined,
  'application.update': reachOfApplicationUpdate,
  'application.delete': reachOfWholeApplication,
  // API Gateway also repeats the owner's name to backends.
  'application.change-owner': reachOfWholeApplication,
  'api.lifecycle': ({ resourceId }) => ({ keyTypes: KEY_TYPES, apiIds: [resourceId] }),
  'api.register': reachOfRegistration,
  'api.update': reachOfRegistration,
  'api.unregister': reachOfRegistration,
  // A release has no effect until a registration uses it.
  'api.release': undefined,
  // New ones are nobody's, and deleted ones were.
  'policy.create': undefined,
  'policy.update': reachOfPolicyUpdate,
  'policy.delete': undefined,
} as const satisfies Record<AuditAction, ReachOf | undefined>;

/**
 * Where a change can turn an allowed call into a refused one, or back; `undefined`: nowhere.
 * @throws z.ZodError for an entry that lacks what tells.
 */
export function reachOfChange(entry: AuditItem): Reach | undefined {
  const reachOf: ReachOf | undefined = isAuditAction(entry.action) ? REACHES[entry.action] : undefined;
  return reachOf?.(entry);
}

function reachOfKeyChange(entry: AuditItem): Reach | undefined {
  return reachOfKey({ owner: entry.owner, ...readLatest(Key, entry) });
}

/**
 * The calls of one key: of its API, or of all that its application subscribes to and all that need no subscription.
 * Without a type: of both.
 */
export function reachOfKey({
  owner,
  keyType,
  apiId,
  boundApplicationId,
}: {
  readonly owner: string;
  readonly keyType?: KeyType;
  readonly apiId?: string;
  readonly boundApplicationId?: string;
}): Reach | undefined {
  const keyTypes = keyType === undefined ? KEY_TYPES : [keyType];
  if (apiId !== undefined) return { keyTypes, apiIds: [apiId] };
  return boundApplicationId === undefined
    ? undefined
    : { keyTypes, owner, applicationId: boundApplicationId, andOpenApis: true };
}

function reachOfSubscription(entry: AuditItem): Reach {
  return { keyTypes: KEY_TYPES, apiIds: [readLatest(Subscription, entry).apiId] };
}

function reachOfApplicationUpdate({ owner, resourceId, before, after }: AuditItem): Reach | undefined {
  return Application.parse(before).throttlingPolicy === Application.parse(after).throttlingPolicy
    ? undefined
    : { keyTypes: KEY_TYPES, owner, applicationId: resourceId };
}

/** Keys that went with it may have been its own. */
function reachOfWholeApplication({ before }: AuditItem): Reach {
  const { apis, keys } = WholeApplication.parse(before);
  return { keyTypes: KEY_TYPES, apiIds: apis, ...(keys?.length !== 0 && { andOpenApis: true }) };
}

function reachOfRegistration({ before, after }: AuditItem): Reach {
  const states = [before, after].filter((state) => state !== undefined);
  return { keyTypes: KEY_TYPES, registered: states.map((state) => ApiSnapshot.parse(state)) };
}

/** Business plans are told by their name; of an application's policy it counts whether it limits. */
function reachOfPolicyUpdate(entry: AuditItem): Reach | undefined {
  const [before, after] = [Policy.parse(entry.before), Policy.parse(entry.after)];
  return after.level === 'subscription' || JSON.stringify(before) === JSON.stringify(after)
    ? undefined
    : { keyTypes: KEY_TYPES, everyApi: true };
}
