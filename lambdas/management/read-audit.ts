import { dayOf } from '../core/utc.ts';
import { AuditItem } from '../platform/dynamodb/items.ts';
import { auditPartition, LISTINGS } from '../platform/dynamodb/keys.ts';
import { walkListing, walkPartitionDown, type Found } from '../platform/dynamodb/walk.ts';
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
}

/** A part of the trail, and where the next one begins; `skip`: how many matches are still to be left out. */
export interface AuditPage {
  readonly entries: readonly AuditItem[];
  readonly next?: { readonly position: string; readonly skip: number };
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
  where: { readonly limit: number; readonly skip: number; readonly behind?: string; readonly until: number },
): Promise<AuditPage> {
  const entries: AuditItem[] = [];
  let { skip } = where;
  let bytes = 0;
  let last = '';
  for await (const page of pagesOf(management, query, where.behind)) {
    for (const { item, position } of page.found) {
      if (!matches(item, query)) continue;
      if (skip > 0) {
        skip -= 1;
        continue;
      }
      const size = Buffer.byteLength(JSON.stringify(item));
      if (entries.length === where.limit || (entries.length > 0 && bytes + size > MOST_BYTES)) {
        return { entries, next: { position: last, skip } };
      }
      entries.push(item);
      bytes += size;
      last = position;
    }
    if (management.clock() >= where.until) return { entries, next: { position: page.end, skip } };
  }
  return { entries };
}

/** Some entries, and behind which place the rest lies. */
interface Page {
  readonly found: readonly Found<AuditItem>[];
  readonly end: string;
}

async function* pagesOf(
  { store }: Management,
  { from, to, resourceId }: AuditQuery,
  behind: string | undefined,
): AsyncGenerator<Page> {
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
