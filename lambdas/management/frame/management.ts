import { setTimeout as delay } from 'node:timers/promises';
import { Fault } from '../../core/http/fault.ts';
import type { OwnerLimits } from '../../core/limits/owner-limits.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
import { WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import type { Log } from '../../platform/log.ts';

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

/** How often a use case starts over, and how long it waits at most before it does. */
export interface Patience {
  readonly attempts: number;
  readonly longestPauseMilliseconds: number;
}

const FIRST_PAUSE_MILLISECONDS = 20;
const ORDINARY: Patience = { attempts: 10, longestPauseMilliseconds: 400 };
/** For what ends something: it gives way to nobody. Some four seconds at worst, within every function's time-out. */
export const UNYIELDING: Patience = { attempts: 80, longestPauseMilliseconds: 100 };
/** How often others can be faster before what ends something no longer waits for a quiet moment. */
export const ATTEMPTS_BEFORE_FORCE = 4;

/**
 * Runs a use case that reads, decides and writes on condition that nothing changed meanwhile. When something did,
 * it starts over from the read.
 * @param attempt is told how often it was tried before.
 * @throws Fault `conflict` when others were faster each time: then nothing was written.
 */
export async function retryOnConflict<T>(
  attempt: (triedBefore: number) => Promise<T>,
  { attempts, longestPauseMilliseconds }: Patience = ORDINARY,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt(tried - 1);
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (tried === attempts) {
        throw new Fault('conflict', 'Others are changing the same resource. Nothing was written; try again.');
      }
      await delay(Math.random() * Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** tried, longestPauseMilliseconds));
    }
  }
}
