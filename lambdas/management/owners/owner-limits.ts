import { z } from 'zod';
import { Fault } from '../../core/http/fault.ts';
import { DEFAULT_OWNER_LIMITS, ENDED_KEYS_FACTOR } from '../../core/limits/owner-limits.ts';
import {
  ALL_API_KEYS_PREFIX,
  ALL_APPLICATION_KEYS_PREFIX,
  APPLICATION_PREFIX,
  ownerPartition,
} from '../../platform/dynamodb/keys.ts';
import type { Management } from '../frame/management.ts';
import type { Reads } from '../frame/snapshot.ts';

/** The settings that say how much one owner can have. */
type OwnerLimited = Pick<Management, 'ownerLimits'>;

const Counted = z.object({ status: z.string().optional() });
const ITEMS_A_PAGE = 1_000;

/**
 * Refuses another key of an owner who has as many as one can have. Keys that are made at the same moment do not see each
 * other, and can exceed the limit by a few.
 * @throws Fault `conflict`
 */
export async function refuseMoreKeys(
  { ownerLimits = DEFAULT_OWNER_LIMITS }: OwnerLimited,
  read: Reads,
  owner: string,
): Promise<void> {
  const { keys: most } = ownerLimits;
  let [live, all] = [0, 0];
  for (const prefix of [ALL_API_KEYS_PREFIX, ALL_APPLICATION_KEYS_PREFIX]) {
    for await (const page of statusesOf(read, owner, prefix)) {
      all += page.length;
      live += page.filter(({ item: { status } }) => status !== 'REVOKED').length;
      if (live >= most) {
        throw new Fault(
          'conflict',
          `You have ${most} API keys, as many as one owner can have. Revoke one first.`,
        );
      }
      if (all >= most * ENDED_KEYS_FACTOR) {
        throw new Fault(
          'conflict',
          `You have created and revoked too many API keys within thirty days: at most ${most * ENDED_KEYS_FACTOR} are kept.`,
        );
      }
    }
  }
}

/** The same for applications. @throws Fault `conflict` */
export async function refuseMoreApplications(
  { ownerLimits = DEFAULT_OWNER_LIMITS }: OwnerLimited,
  read: Reads,
  owner: string,
): Promise<void> {
  const { applications: most } = ownerLimits;
  let found = 0;
  for await (const page of statusesOf(read, owner, APPLICATION_PREFIX)) {
    found += page.length;
    if (found >= most) {
      throw new Fault(
        'conflict',
        `You have ${most} applications, as many as one owner can have. Delete one first.`,
      );
    }
  }
}

/** @throws Fault `bad_request` for metadata that has more bytes than one key's can have. */
export function refuseLargeMetadata(
  { ownerLimits = DEFAULT_OWNER_LIMITS }: OwnerLimited,
  metadata: Readonly<Record<string, string>>,
): void {
  const { metadataBytes: most } = ownerLimits;
  const bytes = Buffer.byteLength(JSON.stringify(metadata));
  if (bytes <= most) return;
  throw new Fault('bad_request', 'The request is not valid.', {
    problems: [{ field: 'metadata', message: `has ${bytes} bytes as JSON, of at most ${most}` }],
  });
}

function statusesOf(read: Reads, owner: string, prefix: string) {
  return read.pages(
    { pk: ownerPartition(owner), prefix },
    { schema: Counted, attributes: ['status'], pageSize: ITEMS_A_PAGE },
  );
}
