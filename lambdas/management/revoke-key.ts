import type { Caller } from '../core/caller.ts';
import { notFound } from '../core/fault.ts';
import { requireVersion, type IfMatch } from '../core/if-match.ts';
import { toEpochSeconds } from '../platform/clock.ts';
import { writeAll } from '../platform/dynamodb/write-all.ts';
import { auditEntry } from './audit.ts';
import { changeHolder } from './holders.ts';
import { auditView, revokedKeyWrites } from './key-items.ts';
import { readKey, type KeyPlace } from './key-reads.ts';
import { retryOnConflict, type TableAccess } from './management.ts';

/** Revokes a key with all its values, for good. Revoking it again changes nothing. */
export async function revokeKey(
  management: TableAccess,
  caller: Caller,
  place: KeyPlace,
  { reason, ifMatch }: { readonly reason?: string; readonly ifMatch?: IfMatch } = {},
): Promise<void> {
  await retryOnConflict(async () => {
    const key = await readKey(management, place);
    if (key === undefined) throw notFound('API key');
    if (key.status === 'REVOKED') return;
    requireVersion(key.version, ifMatch);
    const now = management.clock();
    const holder = await changeHolder(management, key, now, 'remove');
    await writeAll(management.store, [
      ...revokedKeyWrites(key, toEpochSeconds(now), reason),
      ...holder.writes,
      auditEntry(caller, now, {
        action: 'key.revoke',
        resourceId: key.keyUUID,
        owner: key.owner,
        before: auditView(key),
        after: { status: 'REVOKED', ...(reason !== undefined && { reason }) },
      }),
    ]);
  });
}
