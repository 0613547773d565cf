import { requireWhere, updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { credentialItemKey } from '../../platform/dynamodb/keys.ts';
import { unyielding, type Change, type Plan } from '../frame/change.ts';
import { forceValues } from '../frame/force-values.ts';
import type { TableAccess } from '../frame/management.ts';
import { look, type Reads } from '../frame/snapshot.ts';
import { changeKey } from './change-key.ts';
import { digestsOf, keyAudit, keyKeyOf } from './key-items.ts';
import { getKey, type AnyKey, type KeyPlace } from './key-reads.ts';

/** Stored next to the status of an administrator's suspension: the reason, and that its owner cannot end it. */
type Suspension = Partial<Pick<KeyItem, 'suspendedBy' | 'suspensionReason'>>;

/**
 * Lets a key refuse its calls until it is resumed, whoever else is changing it. Suspending it again changes nothing: it
 * does not undo that an administrator did.
 * @throws Fault `not_found`, `precondition_failed`.
 */
export function suspendKey(access: TableAccess, place: KeyPlace): Plan<KeyItem> {
  return suspend(access, place, {});
}

/** The same for a key of any owner, who cannot resume it: for administrators. */
export function suspendAnyKey(access: TableAccess, place: AnyKey, reason: string): Plan<KeyItem> {
  return suspend(access, place, { suspendedBy: 'administrator', suspensionReason: reason });
}

function suspend(access: TableAccess, place: KeyPlace | AnyKey, suspension: Suspension): Plan<KeyItem> {
  const politely = changeKey(place, 'key.suspend', (before) => ({
    ...before,
    ...suspension,
    status: 'SUSPENDED',
  }));
  return unyielding(async (read) =>
    read.mayForce ? forcedSuspension(access, read.loosely, place, suspension) : politely(read),
  );
}

/**
 * Suspends a key whatever else is changing it: first its item, so that values which are issued from then on are
 * suspended from birth, then the values that it has.
 */
async function forcedSuspension(
  access: TableAccess,
  read: Reads,
  place: KeyPlace | AnyKey,
  suspension: Suspension,
): Promise<Change<KeyItem>> {
  const before = await getKey(read, place);
  const suspended: KeyItem = { ...before, ...suspension, status: 'SUSPENDED' };
  return {
    result: suspended,
    writes: [
      updateWhere(keyKeyOf(before), {
        set: [
          [['status'], 'SUSPENDED'],
          ...Object.entries(suspension).map(([name, value]) => [[name], value] as const),
        ],
        add: [[['version'], 1]],
        where: [{ path: ['status'], oneOf: ['ACTIVE', 'SUSPENDED'] }],
      }),
    ],
    audit: keyAudit('key.suspend', before, { before, after: suspended }),
    followUp: () => suspendValues(access, place),
  };
}

async function suspendValues(access: TableAccess, place: KeyPlace | AnyKey): Promise<KeyItem> {
  const key = await getKey(look(access), place);
  const stillSo = requireWhere(keyKeyOf(key), [{ path: ['status'], equals: 'SUSPENDED' }]);
  const values = digestsOf(key).map((digest) =>
    updateWhere(credentialItemKey(digest), {
      set: [[['status'], 'SUSPENDED']],
      where: [
        { path: ['keyUUID'], equals: key.keyUUID },
        { path: ['status'], equals: 'ACTIVE' },
      ],
    }),
  );
  // Resumed, suspended by another change, or ended: then there is nothing to do.
  await forceValues(access, stillSo, values);
  return key;
}
