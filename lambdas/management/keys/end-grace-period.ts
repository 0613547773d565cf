import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { LinkItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import { auditEntry } from '../audit/audit.ts';
import { auditView, endedCredentialWrite, keyKeyOf } from './key-items.ts';
import { getKey, type KeyPlace } from './key-reads.ts';
import { retryOnConflict, UNYIELDING, type TableAccess } from '../frame/management.ts';
import { findHolder } from './release-key.ts';

/**
 * Ends the grace period of the previous value: from now on only the newest works. Asks for that value, not for the
 * version of the key, so that other changes of the key do not stand in its way.
 * @param onlyDigest ends it only as long as this is the value in its grace period.
 * @throws Fault `not_found`, `precondition_failed`; `conflict` when there is no (such) value in a grace period.
 */
export async function endGracePeriod(
  management: TableAccess,
  caller: Caller,
  place: KeyPlace,
  ifMatch?: IfMatch,
  onlyDigest?: string,
): Promise<KeyItem> {
  return retryOnConflict(async () => {
    const before = await getKey(management, place);
    requireVersion(before.version, ifMatch);
    const { graced, ...rest } = before;
    if (graced === undefined || (onlyDigest !== undefined && graced.digest !== onlyDigest)) {
      throw new Fault('conflict', 'The API key has no value in a grace period.');
    }
    const now = management.clock();
    const key: KeyItem = { ...rest, version: before.version + 1 };
    await writeAll(management.store, [
      endedCredentialWrite(before, graced.digest, 'REGENERATED', toEpochSeconds(now)),
      updateWhere(keyKeyOf(key), {
        remove: [['graced']],
        add: [[['version'], 1]],
        where: [
          { path: ['graced', 'digest'], equals: graced.digest },
          { path: ['status'], oneOf: ['ACTIVE', 'SUSPENDED'] },
          ...(ifMatch === undefined ? [] : [{ path: ['version'], equals: before.version }]),
        ],
      }),
      ...(await forgetGracedValue(management, before, graced.digest)),
      auditEntry(caller, now, {
        action: 'key.end-grace',
        resourceId: key.keyUUID,
        owner: key.owner,
        before: auditView(before),
        after: auditView(key),
      }),
    ]);
    return key;
  }, UNYIELDING);
}

/** Takes the value, the second of its key, out of what holds the key; where it is not there, nothing is to be done. */
async function forgetGracedValue(
  management: TableAccess,
  key: KeyItem,
  digest: string,
): Promise<readonly Write[]> {
  const holder = await findHolder(management, key);
  const held = holder && (await readItem(management.store, holder, LinkItem.pick({ keys: true })));
  if (holder === undefined || held?.keys[key.keyUUID]?.values[1]?.digest !== digest) return [];
  const second = ['keys', key.keyUUID, 'values', 1];
  return [
    updateWhere(holder, {
      remove: [second],
      add: [[['version'], 1]],
      where: [{ path: [...second, 'digest'], equals: digest }],
    }),
  ];
}
