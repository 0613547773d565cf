import { LifecycleSnapshot } from '../../contract/audit-snapshots.ts';
import type { LifecycleStatus } from '../../core/apis/managed-api.ts';
import type { AuditItem } from '../../platform/dynamodb/items.ts';
import { readAudit } from '../audit/read-audit.ts';
import type { Management } from '../frame/management.ts';

/** A change of an API's lifecycle. */
export interface LifecycleChange {
  /** Absent when the API was registered. */
  readonly from?: LifecycleStatus;
  readonly to: LifecycleStatus;
  /** Name of the publisher, or of the stack that registered the API. */
  readonly actorName: string;
  /** ISO 8601. */
  readonly at: string;
}

/** An API that is updated often has entries that say nothing about its lifecycle. */
const MOST_CHANGES = 1_000;
const LONGEST_READ_MILLISECONDS = 5_000;

const Recorded = LifecycleSnapshot.pick({ lifecycle: true });

/** The changes of an API's lifecycle, as the audit trail has them, newest first; at most the newest 1,000 entries. */
export async function listLifecycleChanges(
  management: Management,
  apiId: string,
): Promise<readonly LifecycleChange[]> {
  const now = management.clock();
  const query = { from: 0, to: now + 1, resourceId: apiId };
  const bounds = { limit: MOST_CHANGES, skip: 0, until: now + LONGEST_READ_MILLISECONDS };
  const { items } = await readAudit(management, query, bounds);
  return items.flatMap(changeOf);
}

function changeOf({ before, after, actorName, at }: AuditItem): readonly LifecycleChange[] {
  const [from, to] = [before, after].map((state) => Recorded.safeParse(state).data?.lifecycle);
  if (to === undefined || from === to) return [];
  return [{ ...(from !== undefined && { from }), to, actorName, at }];
}
