import { createKeyValue, digestKeyValue } from '../../core/keys/key-value.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { getApi } from '../apis/apis.ts';
import type { Plan } from '../frame/change.ts';
import type { Management } from '../frame/management.ts';
import { changeHolder } from '../links/key-holder.ts';
import type { IssuedKey } from './issue-key.ts';
import { keyAudit, regeneratedKeyWrites, withValidity } from './key-items.ts';
import { getKey, type KeyPlace } from './key-reads.ts';

/**
 * Issues a new value. The previous one stops working at the same instant, or when its grace period ends. Name, type,
 * restrictions and association stay; the validity period starts again. A value that was in its grace period ends.
 * @param gracePeriod seconds for which the previous value works on beside the new one; 0: not at all.
 * @throws Fault `not_found`; `conflict` when the application's keys would have too many values that work.
 */
export function regenerateKey(
  { keyPrefix }: Pick<Management, 'keyPrefix'>,
  place: KeyPlace,
  gracePeriod: number,
): Plan<IssuedKey> {
  return async (read) => {
    if ('apiId' in place.scope) await getApi(read.loosely, place.scope.apiId);
    const before = await getKey(read, place);
    read.requireVersion(before.version);
    const value = createKeyValue(keyPrefix, before.keyType);
    const key = renewed(before, digestKeyValue(value), read.now, gracePeriod);
    const holder = await changeHolder(read, key, 'update');
    return {
      result: { key, value },
      writes: [
        ...regeneratedKeyWrites(before, key, holder.subscriptions, toEpochSeconds(read.now)),
        ...holder.writes,
      ],
      audit: keyAudit('key.regenerate', key, { before, after: key }),
    };
  };
}

function renewed(before: KeyItem, digest: string, now: number, gracePeriod: number): KeyItem {
  const { graced, ...rest } = before;
  const nowSeconds = toEpochSeconds(now);
  const endsAt = Math.min(nowSeconds + gracePeriod, before.expiresAt ?? Infinity);
  return withValidity(
    {
      ...rest,
      digest,
      issuedAt: now,
      version: before.version + 1,
      ...(endsAt > nowSeconds && { graced: { digest: before.digest, endsAt, issuedAt: before.issuedAt } }),
    },
    now,
  );
}
