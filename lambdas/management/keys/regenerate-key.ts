import type { Caller } from '../../core/http/caller.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { createKeyValue, digestKeyValue } from '../../core/keys/key-value.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { replace, type Write } from '../../platform/dynamodb/writes.ts';
import { getApi } from '../apis/apis.ts';
import { auditEntry } from '../audit/audit.ts';
import { changeHolder } from '../links/holders.ts';
import { writeNothingElse, type AlsoWrite } from '../frame/idempotently.ts';
import type { IssuedKey } from './issue-key.ts';
import {
  auditView,
  credentialWrite,
  endedCredentialWrite,
  gracedCredentialWrite,
  keyAttributes,
  keyKeyOf,
  keyReferenceWrite,
} from './key-items.ts';
import { getKey, type KeyPlace } from './key-reads.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';
import { withValidity } from './with-validity.ts';

export interface Regeneration {
  /** Seconds for which the old value works on beside the new one; 0: not at all. */
  readonly gracePeriod: number;
  readonly ifMatch?: IfMatch;
}

/**
 * Issues a new value. The old one stops working at the same instant, or when its grace period ends. Name, type,
 * restrictions and association stay; the validity period starts again. A value that was in its grace period ends.
 */
export async function regenerateKey(
  management: Management,
  caller: Caller,
  place: KeyPlace,
  { gracePeriod, ifMatch }: Regeneration,
  alsoWrite: AlsoWrite<IssuedKey> = writeNothingElse,
): Promise<IssuedKey> {
  return retryOnConflict(async () => {
    if ('apiId' in place.scope) await getApi(management, place.scope.apiId);
    const before = await getKey(management, place);
    requireVersion(before.version, ifMatch);
    const now = management.clock();
    const value = createKeyValue(management.keyPrefix, before.keyType);
    const key = renewed(before, digestKeyValue(value), now, gracePeriod);
    const holder = await changeHolder(management, key, now, 'update');
    await writeAll(management.store, [
      ...oldValueWrites(before, key, toEpochSeconds(now)),
      credentialWrite(key, holder.subscriptions),
      replace(keyKeyOf(key), before, keyAttributes(key)),
      keyReferenceWrite(key),
      ...holder.writes,
      auditEntry(caller, now, {
        action: 'key.regenerate',
        resourceId: key.keyUUID,
        owner: key.owner,
        before: auditView(before),
        after: auditView(key),
      }),
      ...(await alsoWrite({ key, value })),
    ]);
    return { key, value };
  });
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

function oldValueWrites(before: KeyItem, after: KeyItem, nowSeconds: number): Write[] {
  return [
    after.graced === undefined
      ? endedCredentialWrite(before, before.digest, 'REGENERATED', nowSeconds)
      : gracedCredentialWrite(before, after.graced.endsAt),
    ...(before.graced === undefined
      ? []
      : [endedCredentialWrite(before, before.graced.digest, 'REGENERATED', nowSeconds)]),
  ];
}
