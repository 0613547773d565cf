import { notFound, Unfinished } from '../../core/http/fault.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { commit, type ChangeRequest } from '../frame/carry-out.ts';
import { noChange, unyielding, type Change } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';
import type { Snapshot } from '../frame/snapshot.ts';
import { claimedKeyWrites, revokedKeyWrites } from './ended-key-items.ts';
import { auditView } from './key-items.ts';
import { isRevoked, readKey, type AnyKey, type KeyPlace } from './key-reads.ts';
import { findHolder, releaseWrites, tidyUp } from './release-key.ts';

const UNFINISHED =
  'The key is revoked, but a value of it may still work. Send the same request again until it succeeds.';

export interface Revocation {
  readonly reason?: string;
  /** A key that has been revoked counts as not found. Otherwise revoking it again changes nothing. */
  readonly findsLive?: boolean;
}

/** `claimed`: the key counts as revoked for everybody else, and a new plan is to end it. */
export type Ended = 'ended' | 'claimed';

type EndingPlan = (read: Snapshot, hasClaimed: boolean) => Promise<Change<Ended>>;

/**
 * Revokes a key with all its values, for good, whoever else is changing it.
 *
 * The transaction asks for the values that it ends, not for the version of the key. So only new values and other
 * applications can get in its way, and after a few of those the key is claimed: it counts as revoked for everybody
 * else, nobody can change it any more, and the revocation ends what it then finds.
 * @throws Fault `not_found`; `precondition_failed`; `conflict` only with `If-Match`, when nothing was written.
 * Unfinished when the key was claimed and the table then failed: whoever asks again does the rest.
 */
export async function revokeKey(
  access: TableAccess,
  request: ChangeRequest,
  place: KeyPlace | AnyKey,
  { reason, findsLive = false }: Revocation = {},
): Promise<void> {
  await endKey(access, request, async (read, hasClaimed) => {
    const key = await readKey(read.loosely, place);
    if (key === undefined) throw notFound('API key');
    if (isRevoked(key)) {
      if (findsLive && !hasClaimed) throw notFound('API key');
      return noChange('ended');
    }
    return read.mayForce && key.isEnding === undefined
      ? claim(read, key)
      : revocation(access, read, key, reason);
  });
}

/** Carries out a plan that can claim a key, until the key has ended. @throws Unfinished */
export async function endKey(access: TableAccess, request: ChangeRequest, plan: EndingPlan): Promise<void> {
  const first = await commit(
    access,
    request,
    unyielding((read) => plan(read, false)),
  );
  if (first === 'ended') return;
  try {
    const { caller } = request;
    await commit(
      access,
      { caller },
      unyielding((read) => plan(read, true)),
    );
  } catch (error) {
    throw new Unfinished(UNFINISHED, error);
  }
}

function claim({ now, requireVersion }: Snapshot, key: KeyItem): Change<Ended> {
  requireVersion(key.version);
  return { result: 'claimed', writes: claimedKeyWrites(key, toEpochSeconds(now)), audit: 'none' };
}

/** Ends a key that is not revoked, on condition of the values and the application that were read. */
export async function revocation(
  access: TableAccess,
  { loosely, now, isConditional, requireVersion }: Snapshot,
  key: KeyItem,
  reason: string | undefined,
): Promise<Change<Ended>> {
  requireVersion(key.version);
  const holder = await findHolder(loosely, key);
  const why = reason === undefined ? {} : { reason };
  return {
    result: 'ended',
    writes: [
      ...revokedKeyWrites(key, toEpochSeconds(now), { ...why, atVersion: isConditional }),
      ...releaseWrites(holder, key),
    ],
    audit: {
      action: 'key.revoke',
      resourceId: key.keyUUID,
      owner: key.owner,
      before: auditView(key),
      after: { status: 'REVOKED', ...why },
    },
    followUp: async () => {
      await tidyUp(access, holder);
      return 'ended';
    },
  };
}
