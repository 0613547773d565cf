import type { Caller } from '../../core/http/caller.ts';
import { requireWhere, updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { credentialItemKey } from '../../platform/dynamodb/keys.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { auditEntry } from '../audit/audit.ts';
import { forceValues } from '../frame/force-values.ts';
import { auditView, digestsOf, keyKeyOf } from './key-items.ts';
import { getKey, type KeyPlace } from './key-reads.ts';
import type { TableAccess } from '../frame/management.ts';

/** Stored next to the status of an administrator's suspension: the reason, and that its owner cannot end it. */
export type Suspension = Partial<Pick<KeyItem, 'suspendedBy' | 'suspensionReason'>>;

/**
 * Suspends a key whatever else is changing it: first its item, so that values which are issued from then on are
 * suspended from birth, then the values that it has.
 */
export async function forceSuspension(
  management: TableAccess,
  caller: Caller,
  place: KeyPlace,
  suspension: Suspension,
): Promise<KeyItem> {
  const { store, clock } = management;
  const before = await getKey(management, place);
  await writeAll(store, [
    updateWhere(keyKeyOf(before), {
      set: [
        [['status'], 'SUSPENDED'],
        ...Object.entries(suspension).map(([name, value]) => [[name], value] as const),
      ],
      add: [[['version'], 1]],
      where: [{ path: ['status'], oneOf: ['ACTIVE', 'SUSPENDED'] }],
    }),
    auditEntry(caller, clock(), {
      action: 'key.suspend',
      resourceId: before.keyUUID,
      owner: before.owner,
      before: auditView(before),
      after: auditView({ ...before, ...suspension, status: 'SUSPENDED' }),
    }),
  ]);
  const key = await getKey(management, place);
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
  await forceValues(management, stillSo, values);
  return key;
}
