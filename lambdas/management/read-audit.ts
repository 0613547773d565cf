import { dayOf } from '../core/utc.ts';
import { AuditItem } from '../platform/dynamodb/items.ts';
import { auditPartition, LISTINGS } from '../platform/dynamodb/keys.ts';
import { readListing } from '../platform/dynamodb/read-listings.ts';
import { readPartitionPage } from '../platform/dynamodb/read-partitions.ts';
import type { Management } from './management.ts';

/** Which entries of the audit trail to read, newest first. */
export interface AuditQuery {
  /** Milliseconds since the epoch; entries from `from` up to but not at `to`. */
  readonly from: number;
  readonly to: number;
  /** Subject or name of who acted. */
  readonly actor?: string;
  /** Id of the resource: a key, an application, a subscription, an API, a policy. */
  readonly resourceId?: string;
  readonly limit: number;
  readonly offset: number;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Reads a page of the audit trail: one resource's by the resource, others day by day from the newest. */
export async function readAudit(
  management: Management,
  query: AuditQuery,
): Promise<{ readonly entries: readonly AuditItem[]; readonly hasMore: boolean }> {
  const wanted = query.offset + query.limit + 1;
  const found: AuditItem[] = [];
  for await (const entry of query.resourceId === undefined
    ? entriesByDay(management, query)
    : entriesOf(management, query.resourceId)) {
    if (matches(entry, query)) found.push(entry);
    if (found.length === wanted) break;
  }
  return {
    entries: found.slice(query.offset, query.offset + query.limit),
    hasMore: found.length > query.offset + query.limit,
  };
}

async function* entriesOf({ store }: Management, resourceId: string): AsyncGenerator<AuditItem> {
  yield* (await readListing(store, LISTINGS.auditOf(resourceId), AuditItem)).toReversed();
}

async function* entriesByDay({ store }: Management, { from, to }: AuditQuery): AsyncGenerator<AuditItem> {
  for (let day = startOfDay(to - 1); day >= startOfDay(from); day -= DAY_MILLISECONDS) {
    const pk = auditPartition(dayOf(day));
    let start: Record<string, unknown> | undefined;
    do {
      const page = await readPartitionPage(store, pk, AuditItem, start);
      yield* page.items;
      start = page.next;
    } while (start !== undefined);
  }
}

function startOfDay(at: number): number {
  return Math.floor(at / DAY_MILLISECONDS) * DAY_MILLISECONDS;
}

function matches({ at, actor, actorName }: AuditItem, query: AuditQuery): boolean {
  const time = Date.parse(at);
  if (time < query.from || time >= query.to) return false;
  return query.actor === undefined || query.actor === actor || query.actor === actorName;
}
