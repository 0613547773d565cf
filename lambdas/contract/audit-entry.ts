import type { z } from 'zod';
import type { AuditAction } from '../core/audit/lifecycle-event.ts';
import type {
  ApiSnapshot,
  ApplicationSnapshot,
  KeyEnd,
  KeySnapshot,
  LifecycleSnapshot,
  PolicySnapshot,
  SubscriptionSnapshot,
} from './audit-snapshots.ts';

type ActionOn<Resource extends string> = Extract<AuditAction, `${Resource}.${string}`>;
export type KeyAction = ActionOn<'key'>;
export type SubscriptionAction = ActionOn<'subscription'>;

/** An action, with the states before and after it, without secrets and digests; absent: there was or is none. */
type Audited<Action extends AuditAction, Before, After = Before> = {
  readonly action: Action;
  readonly before?: Before;
  readonly after?: After;
};

/** What an entry of the audit trail can say, by its action. */
export type AuditedChange =
  | Audited<KeyAction, KeySnapshot, KeySnapshot | KeyEnd>
  | Audited<SubscriptionAction, SubscriptionSnapshot>
  | Audited<ActionOn<'application'>, ApplicationSnapshot>
  | Audited<Exclude<ActionOn<'api'>, 'api.lifecycle' | 'api.release'>, ApiSnapshot>
  | Audited<'api.lifecycle', LifecycleSnapshot>
  | Audited<'api.release', { readonly stackName: string; readonly releasedTo?: string | undefined }>
  | Audited<ActionOn<'policy'>, PolicySnapshot>
  | Audited<ActionOn<'decision'>, { readonly status: string }>;

type State = Readonly<Record<string, unknown>>;

/** The states of an entry as the table has them. */
export interface RecordedChange {
  readonly before?: State;
  readonly after?: State;
}

/**
 * Fields that entries always have, changed or not: they say what the resource is, to people and to the functions that
 * follow the trail. Resources that are not here are small, and recorded whole.
 */
const IDENTITY = {
  key: [
    'keyUUID',
    'keyName',
    'keyType',
    'status',
    'owner',
    'ownerName',
    'apiId',
    'apiName',
    'boundApplicationId',
    'applicationId',
    'expiresAt',
    'graceEndsAt',
    'suspendedBy',
    'suspensionReason',
  ],
  application: ['name', 'throttlingPolicy', 'owner', 'ownerName', 'apis', 'keys'],
  policy: ['level', 'name', 'limit', 'burst', 'stopOnQuotaReach'],
} as const satisfies {
  readonly key: readonly (keyof KeySnapshot)[];
  readonly application: readonly (keyof ApplicationSnapshot)[];
  readonly policy: readonly (keyof PolicySnapshot)[];
};
type Kind = keyof typeof IDENTITY;

/** The field by which the state after is known to be whole: at an end it names just what is new. */
const WHOLE = { key: 'keyUUID', application: 'name', policy: 'name' } as const satisfies Record<Kind, string>;

/**
 * Leaves out what did not change: descriptions, metadata and restrictions can be large, and a trail that repeats them with
 * every change can be written faster than it can be read. What is created is recorded whole.
 * @param action resource and verb: `key.regenerate`.
 */
export function recordedChange(action: string, { before, after }: RecordedChange): RecordedChange {
  const kind = kindOf(action);
  if (kind === undefined || before === undefined) return present(before, after);
  const identity: readonly string[] = IDENTITY[kind];
  const isEnd = !isWhole(kind, after);
  const changed = (name: string) =>
    isEnd ? after !== undefined && name in after : !isSame(before[name], after?.[name]);
  const keep = (state: State | undefined) =>
    state &&
    Object.fromEntries(Object.entries(state).filter(([name]) => identity.includes(name) || changed(name)));
  return present(keep(before), keep(after));
}

function kindOf(action: string): Kind | undefined {
  return (['key', 'application', 'policy'] as const).find((kind) => action.startsWith(`${kind}.`));
}

function isWhole(kind: Kind | undefined, after: State | undefined): boolean {
  return kind !== undefined && after !== undefined && WHOLE[kind] in after;
}

function present(before: State | undefined, after: State | undefined): RecordedChange {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

/** Both come from JSON or are made in the same order of members. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** An entry as its readers find it. */
export type RecordedEntry = RecordedChange & { readonly action: string };

/**
 * Reads the state after the change that an entry tells of; of an end, the state before with what the end added.
 * @param snapshot what of a state the reader needs: `KeySnapshot.pick(…)`.
 * @throws z.ZodError for an entry whose states lack it.
 */
export function readLatest<T>(snapshot: z.ZodType<T>, { action, before, after }: RecordedEntry): T {
  return snapshot.parse(isWhole(kindOf(action), after) ? after : { ...before, ...after });
}

/** Which of the fields with these `names` differ between the states of an entry. */
export function changedFields<Name extends string>(
  names: readonly Name[],
  { before, after }: RecordedChange,
): readonly Name[] {
  return names.filter((name) => !isSame(before?.[name], after?.[name]));
}
