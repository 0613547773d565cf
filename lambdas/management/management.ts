import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../core/fault.ts';
import type { OwnerLimits } from '../core/owner-limits.ts';
import type { Clock } from '../platform/clock.ts';
import type { Store } from '../platform/dynamodb/store.ts';
import { WriteConflict } from '../platform/dynamodb/write-errors.ts';
import type { Log } from '../platform/log.ts';

/** What every use case needs. */
export interface TableAccess {
  readonly store: Store;
  readonly clock: Clock;
}

/** What use cases need that may issue keys. */
export interface Management extends TableAccess {
  /** First part of new key values; see `KEY_PREFIX`. */
  readonly keyPrefix: string;
  /** How much one owner can have. Absent: `DEFAULT_OWNER_LIMITS`. */
  readonly ownerLimits?: OwnerLimits;
  /** Where faults go that one answer reports beside successes. Absent: nowhere. */
  readonly log?: Log;
}

const ATTEMPTS = 10;
const FIRST_PAUSE_MILLISECONDS = 20;
const LONGEST_PAUSE_MILLISECONDS = 400;

/**
 * Runs a use case that reads, decides and writes on condition that nothing changed meanwhile. When something did,
 * it starts over from the read.
 * @throws Fault `conflict` when others were faster each time: then nothing was written.
 */
export async function retryOnConflict<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (tried === ATTEMPTS) {
        throw new Fault('conflict', 'Others are changing the same resource. Nothing was written; try again.');
      }
      await delay(
        Math.random() * Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** tried, LONGEST_PAUSE_MILLISECONDS),
      );
    }
  }
}
