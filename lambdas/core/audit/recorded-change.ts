type State = Readonly<Record<string, unknown>>;

/** A change in an audit entry: the state before and after; absent: there was or is none. */
export interface RecordedChange {
  readonly before?: State;
  readonly after?: State;
}

/**
 * Fields that entries always have, changed or not: they say what the resource is, to people and to the functions that
 * follow the trail. Resources that are not here are small, and recorded whole.
 */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
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
};
/** What the state after begins to be whole with, rather than to name just what is new at an end. */
const WHOLE: Readonly<Record<string, string>> = { key: 'keyUUID', application: 'name', policy: 'name' };

/**
 * Leaves out what did not change: descriptions, metadata and restrictions can be large, and a trail that repeats them with
 * every change can be written faster than it can be read. What is created is recorded whole.
 * @param action resource and verb: `key.regenerate`.
 */
export function recordedChange(action: string, { before, after }: RecordedChange): RecordedChange {
  const kind = action.split('.', 1)[0] ?? '';
  const identity = IDENTITY[kind];
  if (identity === undefined || before === undefined) return present(before, after);
  const isEnd = after === undefined || !((WHOLE[kind] ?? '') in after);
  const changed = (name: string) =>
    isEnd ? after !== undefined && name in after : !isSame(before[name], after[name]);
  const keep = (state: State | undefined) =>
    state &&
    Object.fromEntries(Object.entries(state).filter(([name]) => identity.includes(name) || changed(name)));
  return present(keep(before), keep(after));
}

function present(before: State | undefined, after: State | undefined): RecordedChange {
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

/** Both come from JSON or are made in the same order of members. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
