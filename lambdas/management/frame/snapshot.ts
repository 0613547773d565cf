import { z } from 'zod';
import { namesVersion, requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { requireNotLive, requireWhere, type Term } from '../../platform/dynamodb/conditional-updates.ts';
import type { ItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { readPartition, walkPartition, type Partition } from '../../platform/dynamodb/partitions.ts';
import type { Found, Walk } from '../../platform/dynamodb/query.ts';
import { keyOfWrite, type Write } from '../../platform/dynamodb/write.ts';
import type { TableAccess } from './management.ts';

/**
 * The items that one attempt looks at. Each is read at most once, strongly consistent, however often it is asked for, so
 * that all that is decided agrees. Items past their TTL count as absent.
 */
export interface Reads {
  /** When the attempt began, in milliseconds since the epoch. */
  readonly now: number;
  readonly item: <T>(key: ItemKey, schema: z.ZodType<T>) => Promise<T | undefined>;
  /** Those that exist of some items, in the order of `keys`. The write never depends on them. */
  readonly items: <T>(keys: readonly ItemKey[], schema: z.ZodType<T>) => Promise<readonly T[]>;
  /** The items of a partition whose sort keys begin with `prefix`, in their order. The write never depends on them. */
  readonly partition: <T>(partition: Partition, schema: z.ZodType<T>) => Promise<readonly T[]>;
  /** The same, some attributes of some items at a time; of items so read nothing is kept. */
  readonly pages: <T>(partition: Partition, walk: Walk<T>) => AsyncGenerator<readonly Found<T>[]>;
  /** The same items, but the write does not depend on those that are read here: something else sees to them. */
  readonly loosely: Reads;
}

/**
 * What an attempt reads in order to write: the write happens only as long as each `item` still is as it was read, whether
 * or not the write touches it.
 */
export interface Snapshot extends Reads {
  /** Whether the caller gives way to changes that were not seen: by naming versions. */
  readonly isConditional: boolean;
  /** Whether what ends something need no longer wait for a quiet moment: the caller names no versions. */
  readonly mayForce: boolean;
  /** Whether `If-Match` names this version itself. */
  readonly namesVersion: (version: number) => boolean;
  /**
   * Holds the resource against `If-Match`.
   * @param isRepeat whether the same request has made this version and could not finish: it may name the one before.
   * @throws Fault `precondition_failed`
   */
  readonly requireVersion: (version: number, isRepeat?: boolean) => void;
}

/** How often others can be faster before what ends something no longer waits for a quiet moment. */
const ATTEMPTS_BEFORE_FORCE = 4;

interface Attempt {
  /** How often the request was tried before. */
  readonly triedBefore?: number;
  readonly ifMatch?: IfMatch | undefined;
}

const Raw = z.record(z.string(), z.unknown());
type Raw = Readonly<Record<string, unknown>>;
const Placed = z.looseObject({ pk: z.string(), sk: z.string() });

/**
 * A snapshot for one attempt.
 * @returns it, and what `writes` need beside them, so that they happen on condition of all that was read.
 */
export function takeSnapshot(
  { store, clock }: TableAccess,
  { triedBefore = 0, ifMatch }: Attempt = {},
): { readonly read: Snapshot; readonly conditionsBeside: (writes: readonly Write[]) => Promise<Write[]> } {
  const now = clock();
  const isConditional = ifMatch !== undefined && ifMatch !== '*';
  const found = new Map<string, Promise<Raw | undefined>>();
  const partitions = new Map<string, Promise<readonly z.infer<typeof Placed>[]>>();
  const dependedOn = new Map<string, ItemKey>();

  const look = (key: ItemKey): Promise<Raw | undefined> => {
    const known = found.get(idOf(key)) ?? readItem(store, key, Raw);
    found.set(idOf(key), known);
    return known;
  };
  const loosely: Reads = {
    now,
    item: async (key, schema) => parsed(await look(key), schema),
    items: async (keys, schema) => {
      const missing = new Map(keys.map((key) => [idOf(key), key]));
      for (const id of found.keys()) missing.delete(id);
      if (missing.size > 0) {
        const reading = readItems(store, [...missing.values()], Placed).then(
          (items) => new Map(items.map((item) => [idOf(item), item])),
        );
        for (const id of missing.keys()) {
          found.set(
            id,
            reading.then((items) => items.get(id)),
          );
        }
      }
      const all = await Promise.all(keys.map(look));
      return all.flatMap((item) => (item === undefined ? [] : [schema.parse(item)]));
    },
    partition: async ({ pk, prefix }, schema) => {
      const id = idOf({ pk, sk: prefix });
      const reading = partitions.get(id) ?? readPartition(store, { pk, prefix }, Placed);
      partitions.set(id, reading);
      const items = await reading;
      for (const item of items) {
        const place = idOf(item);
        if (!found.has(place)) found.set(place, Promise.resolve(item));
      }
      return items.map((item) => schema.parse(item));
    },
    pages: (partition, walk) => walkPartition(store, partition, walk),
    get loosely() {
      return loosely;
    },
  };
  const read: Snapshot = {
    ...loosely,
    isConditional,
    mayForce: triedBefore >= ATTEMPTS_BEFORE_FORCE && !isConditional,
    namesVersion: (version) => namesVersion(ifMatch, version),
    requireVersion: (version, isRepeat) => {
      requireVersion(version, ifMatch, isRepeat);
    },
    item: async (key, schema) => {
      dependedOn.set(idOf(key), key);
      return loosely.item(key, schema);
    },
  };

  return {
    read,
    conditionsBeside: async (writes) => {
      const written = new Set(writes.map((write) => idOf(keyOfWrite(write))));
      const beside = [...dependedOn].filter(([id]) => !written.has(id));
      return Promise.all(beside.map(async ([, key]) => unchanged(key, await look(key), now)));
    },
  };
}

/** What somebody looks at who writes nothing. */
export function look(access: TableAccess): Reads {
  return takeSnapshot(access).read.loosely;
}

function parsed<T>(item: Raw | undefined, schema: z.ZodType<T>): T | undefined {
  return item === undefined ? undefined : schema.parse(item);
}

function idOf({ pk, sk }: ItemKey): string {
  return JSON.stringify([pk, sk]);
}

/** Items count their writes: those of APIs as `revision`, absent in old ones, since their `version` is another thing. */
function unchanged(key: ItemKey, item: Raw | undefined, now: number): Write {
  if (item === undefined) return requireNotLive(key, toEpochSeconds(now));
  return requireWhere(key, [{ path: ['pk'], is: 'present' }, sameCount(item)]);
}

/** @throws Error for an item that does not count its writes: nothing can depend on it. */
function sameCount({ version, revision, apiId }: Raw): Term {
  if (typeof revision === 'number') return { path: ['revision'], equals: revision };
  if (typeof version === 'number') return { path: ['version'], equals: version };
  if (apiId !== undefined) return { path: ['revision'], is: 'absent' };
  throw new Error('no write can depend on an item that does not count its writes');
}
