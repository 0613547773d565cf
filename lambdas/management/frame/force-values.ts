import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import { retryOnConflict } from './carry-out.ts';
import { UNYIELDING } from './change.ts';
import type { TableAccess } from './management.ts';

/**
 * Brings the values of a key or a subscription to what its item says already, whatever else is changing them: one after
 * the other, on condition that the item still says so (`stillSo`). A value whose own condition no longer holds was
 * written by whoever changed it since, and is left alone.
 */
export async function forceValues(
  { store }: TableAccess,
  stillSo: Write,
  values: readonly Write[],
): Promise<void> {
  for (const value of values) {
    await retryOnConflict(async () => {
      await writeAll(store, [stillSo, value]).catch((error: unknown) => {
        if (!(error instanceof WriteConflict) || error.unmet.length === 0) throw error;
      });
    }, UNYIELDING);
  }
}
