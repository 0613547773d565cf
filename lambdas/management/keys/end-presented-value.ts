import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import { WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import { endGracePeriod } from './end-grace-period.ts';
import { isRevoked, readKey, type KeyPlace } from './key-reads.ts';
import { retryOnConflict, type TableAccess } from '../frame/management.ts';
import { revokeKey } from './revoke-key.ts';

/** How often the presented value can turn from the newest into the previous one while it is being ended. */
const TURNS = { attempts: 10, longestPauseMilliseconds: 20 };

/**
 * Ends a key for whoever presents a value of it. Whoever holds a previous value may have found it anywhere: it ends
 * that value, never the one that replaced it. A value that has ended by now needs nothing.
 */
export async function endPresentedValue(
  management: TableAccess,
  caller: Caller,
  place: KeyPlace,
  digest: string,
): Promise<void> {
  await retryOnConflict(async () => {
    const key = await readKey(management, place);
    if (key === undefined || isRevoked(key)) return;
    try {
      if (key.isEnding === true) {
        // Somebody revokes the key at this moment: what is left of that is done here.
        await revokeKey(management, caller, place);
      } else if (key.digest === digest) {
        await revokeKey(management, caller, place, { reason: 'revoked by its holder', newestDigest: digest });
      } else if (key.graced?.digest === digest) {
        await endGracePeriod(management, caller, place, undefined, digest);
      }
    } catch (error) {
      // The key was regenerated or revoked, or the grace period ended: look again which of its values this is.
      const hasChanged = error instanceof Fault && (error.code === 'conflict' || error.code === 'not_found');
      throw hasChanged ? new WriteConflict() : error;
    }
  }, TURNS);
}
