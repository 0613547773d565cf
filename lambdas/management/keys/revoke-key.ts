import type { Caller } from '../../core/http/caller.ts';
import { Fault, notFound, Unfinished } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import { auditEntry } from '../audit/audit.ts';
import { claimedKeyWrites, revokedKeyWrites } from './ended-key-items.ts';
import { auditView } from './key-items.ts';
import { isRevoked, readKey, type KeyPlace } from './key-reads.ts';
import { ATTEMPTS_BEFORE_FORCE, retryOnConflict, UNYIELDING, type TableAccess } from '../frame/management.ts';
import { releaseKey, tidyLinkOf } from './release-key.ts';

const UNFINISHED =
  'The key is revoked, but a value of it may still work. Send the same request again until it succeeds.';

export interface Revocation {
  readonly reason?: string;
  /** Makes the revocation give way to a change that the caller has not seen. */
  readonly ifMatch?: IfMatch;
  /** Revokes the key only as long as this is its newest value. */
  readonly newestDigest?: string;
}

/**
 * Revokes a key with all its values, for good, whoever else is changing it. Revoking it again changes nothing.
 *
 * The transaction asks for the values that it ends, not for the version of the key. So only new values and other
 * applications can get in its way, and after a few of those the key is claimed: it counts as revoked for everybody
 * else, nobody can change it any more, and the revocation ends what it then finds.
 * @throws Fault `not_found`; `precondition_failed`; `conflict` only with `ifMatch` or `newestDigest`, when nothing was
 * written. Unfinished when the key was claimed and the table then failed: whoever asks again does the rest.
 */
export async function revokeKey(
  management: TableAccess,
  caller: Caller,
  place: KeyPlace,
  revocation: Revocation = {},
): Promise<void> {
  const progress = { hasClaimed: false };
  const attempt = async (triedBefore: number) => {
    const key = await readKey(management, place);
    if (key === undefined) throw notFound('API key');
    if (isRevoked(key)) return;
    if (!progress.hasClaimed) requireRevocable(key, revocation);
    if (triedBefore >= ATTEMPTS_BEFORE_FORCE && key.isEnding === undefined && isUnconditional(revocation)) {
      await writeAll(management.store, claimedKeyWrites(key, toEpochSeconds(management.clock())));
      progress.hasClaimed = true;
      throw new WriteConflict();
    }
    await revokeAsRead(management, caller, key, revocation);
  };
  try {
    await retryOnConflict(attempt, UNYIELDING);
  } catch (error) {
    throw progress.hasClaimed
      ? new Unfinished(UNFINISHED, error instanceof Fault ? undefined : error)
      : error;
  }
}

function requireRevocable(key: KeyItem, { ifMatch, newestDigest }: Revocation): void {
  requireVersion(key.version, ifMatch);
  if (newestDigest !== undefined && key.digest !== newestDigest) {
    throw new Fault('conflict', 'The key has a newer value.');
  }
}

function isUnconditional({ ifMatch, newestDigest }: Revocation): boolean {
  return (ifMatch === undefined || ifMatch === '*') && newestDigest === undefined;
}

/** All of a revocation in one transaction. */
async function revokeAsRead(
  management: TableAccess,
  caller: Caller,
  key: KeyItem,
  { reason, ifMatch }: Revocation,
): Promise<void> {
  const now = management.clock();
  const release = await releaseKey(management, key);
  await writeAll(management.store, [
    ...revokedKeyWrites(key, toEpochSeconds(now), {
      ...(reason !== undefined && { reason }),
      atVersion: ifMatch !== undefined && ifMatch !== '*',
    }),
    ...release,
    auditEntry(caller, now, {
      action: 'key.revoke',
      resourceId: key.keyUUID,
      owner: key.owner,
      before: auditView(key),
      after: { status: 'REVOKED', ...(reason !== undefined && { reason }) },
    }),
  ]);
  await tidyLinkOf(management, key);
}
