import { noChange } from '../frame/change.ts';
import type { ChangeRequest } from '../frame/carry-out.ts';
import type { TableAccess } from '../frame/management.ts';
import { endGracePeriod } from './end-grace-period.ts';
import { isRevoked, readKey, type AnyKey, type KeyPlace } from './key-reads.ts';
import { endKey, revocation } from './revoke-key.ts';

/**
 * Ends a key for whoever presents a value of it. Whoever holds a previous value may have found it anywhere: it ends
 * that value, never the one that replaced it. A value that has ended by now needs nothing. Each attempt looks again which
 * of the key's values it is.
 */
export async function endPresentedValue(
  access: TableAccess,
  request: ChangeRequest,
  place: KeyPlace | AnyKey,
  digest: string,
): Promise<void> {
  const endPrevious = endGracePeriod(place);
  await endKey(access, request, async (read) => {
    const key = await readKey(read.loosely, place);
    if (key === undefined || isRevoked(key)) return noChange('ended');
    // Somebody revokes the key at this moment: what is left of that is done here.
    if (key.isEnding === true) return revocation(access, read, key, undefined);
    if (key.digest === digest) return revocation(access, read, key, 'revoked by its holder');
    if (key.graced?.digest !== digest) return noChange('ended');
    const { writes, audit } = await endPrevious(read);
    return { result: 'ended', writes, audit };
  });
}
