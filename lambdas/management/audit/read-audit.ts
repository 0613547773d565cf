import { dayOf } from '../../core/general/utc.ts';
import { AuditItem } from '../../platform/dynamodb/items.ts';
import { auditPartition, LISTINGS } from '../../platform/dynamodb/keys.ts';
import {
  collectPage,
  type CollectedPage,
  type Looked,
  type PageBounds,
} from '../../platform/dynamodb/collect-page.ts';
import { walkListing } from '../../platform/dynamodb/listings.ts';
import { walkPartitionDown } from '../../platform/dynamodb/partitions.ts';
import type { Management } from '../frame/management.ts';

/** Which entries of the audit trail to read, newest first. */
export interface AuditQuery {
  /** Milliseconds since the epoch; entries from `from` up to but not at `to`. */
  readonly from: number;
  readonly to: number;
  /** Subject or name of who acted. */
  readonly actor?: string;
  /** Id of the resource: a key, an application, a subscription, an API, a policy. */
  readonly resourceId?: string;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const ENTRIES_A_PAGE = 250;
/** Most bytes of the entries of one answer. Lambda's has room for six times as many. */
const MOST_BYTES = 1_000_000;

/**
 * Reads a page of the audit trail: one resource's by the resource, others day by day from the newest. It has no more than
 * `limit` entries and about a megabyte, and what can be found until `until` (milliseconds since the epoch).
 */
export async function readAudit(
  management: Management,
  query: AuditQuery,
  { behind, ...where }: PageBounds & { readonly behind?: string },
): Promise<CollectedPage<AuditItem>> {
  return collectPage(
    pagesOf(management, query, behind),
    (entry) => matches(entry, query),
    { ...where, bytes: MOST_BYTES },
    management.clock,
  );
}

async function* pagesOf(
  { store }: Management,
  { from, to, resourceId }: AuditQuery,
  behind: string | undefined,
): AsyncGenerator<Looked<AuditItem>> {
  const walk = { schema: AuditItem, pageSize: ENTRIES_A_PAGE };
  // The places of both orders begin with the time. The id behind it makes a place greater than its time alone.
  const first = new Date(from).toISOString();
  const start = lesserOf(behind, new Date(to).toISOString());
  if (resourceId !== undefined) {
    for await (const found of walkListing(store, LISTINGS.auditOf(resourceId), { ...walk, behind: start })) {
      const end = found.at(-1)?.position;
      if (end === undefined) continue;
      yield { found, end };
      if (end < first) return;
    }
    return;
  }
  for (
    let day = startOfDay(Date.parse(start.slice(0, 10)));
    day >= startOfDay(from);
    day -= DAY_MILLISECONDS
  ) {
    for await (const found of walkPartitionDown(store, auditPartition(dayOf(day)), {
      ...walk,
      behind: start,
    })) {
      yield { found, end: found.at(-1)?.position ?? new Date(day).toISOString() };
    }
    yield { found: [], end: new Date(day).toISOString() };
  }
}

function lesserOf(one: string | undefined, other: string): string {
  return one === undefined || one > other ? other : one;
}

function startOfDay(at: number): number {
  return Math.floor(at / DAY_MILLISECONDS) * DAY_MILLISECONDS;
}

function matches({ at, actor, actorName }: AuditItem, query: AuditQuery): boolean {
  const time = Date.parse(at);
  if (time < query.from || time >= query.to) return false;
  return query.actor === undefined || query.actor === actor || query.actor === actorName;
}
