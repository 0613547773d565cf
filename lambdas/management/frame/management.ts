import type { OwnerLimits } from '../../core/limits/owner-limits.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Store } from '../../platform/dynamodb/store.ts';
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
