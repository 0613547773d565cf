import { Fault } from '../../core/http/fault.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import { LinkItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import { unyielding, type Plan } from '../frame/change.ts';
import type { Reads } from '../frame/snapshot.ts';
import { endedCredentialWrite, keyAudit, keyKeyOf } from './key-items.ts';
import { getKey, type AnyKey, type KeyPlace } from './key-reads.ts';
import { findHolder } from './release-key.ts';

const Holding = LinkItem.pick({ keys: true });

/**
 * Ends the grace period of the previous value: from now on only the newest works. Asks for that value, not for the
 * version of the key, so that other changes of the key do not stand in its way.
 * @throws Fault `not_found`, `precondition_failed`; `conflict` when there is no value in a grace period.
 */
export function endGracePeriod(place: KeyPlace | AnyKey): Plan<KeyItem> {
  return unyielding(async ({ loosely, requireVersion, isConditional, now }) => {
    const before = await getKey(loosely, place);
    requireVersion(before.version);
    const { graced, ...rest } = before;
    if (graced === undefined) throw new Fault('conflict', 'The API key has no value in a grace period.');
    const key: KeyItem = { ...rest, version: before.version + 1 };
    return {
      result: key,
      writes: [
        endedCredentialWrite(before, graced.digest, 'REGENERATED', toEpochSeconds(now)),
        updateWhere(keyKeyOf(key), {
          remove: [['graced']],
          add: [[['version'], 1]],
          where: [
            { path: ['graced', 'digest'], equals: graced.digest },
            { path: ['status'], oneOf: ['ACTIVE', 'SUSPENDED'] },
            ...(isConditional ? [{ path: ['version'], equals: before.version }] : []),
          ],
        }),
        ...(await forgottenValueWrites(loosely, before, graced.digest)),
      ],
      audit: keyAudit('key.end-grace', key, { before, after: key }),
    };
  });
}

/** Takes the value, the second of its key, out of what holds the key; where it is not there, nothing is to be done. */
async function forgottenValueWrites(read: Reads, key: KeyItem, digest: string): Promise<readonly Write[]> {
  const holder = await findHolder(read, key);
  const held = holder && (await read.item(holder.place, Holding));
  if (holder === undefined || held?.keys[key.keyUUID]?.values[1]?.digest !== digest) return [];
  const second = ['keys', key.keyUUID, 'values', 1];
  return [
    updateWhere(holder.place, {
      remove: [second],
      add: [[['version'], 1]],
      where: [{ path: [...second, 'digest'], equals: digest }],
    }),
  ];
}
