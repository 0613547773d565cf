import type { LoggedCall } from '../../contract/access-line.ts';
import type { LoggedRefusals } from '../../contract/refusal-line.ts';
import { nameOfCount, type Counts } from '../../core/usage/call-counts.ts';
import { dayOf, hourOf, startOfHour } from '../../core/general/utc.ts';
import {
  callAddressItemKey,
  callsItemKey,
  type CallEntity,
  type ItemKey,
} from '../../platform/dynamodb/keys.ts';

/** A refused call, or several of one kind. */
type CountedRefusal = Omit<LoggedRefusals, 'count'> & { readonly count?: number };

/** What is added to one item. */
export interface Increment {
  readonly key: ItemKey;
  readonly counts: Counts;
  /** What the item says besides; the same in every increment of it. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** When it may go, in seconds since the epoch. */
  readonly ttl: number;
}

const DAY_SECONDS = 24 * 60 * 60;
const HOURS_ARE_KEPT_SECONDS = 400 * DAY_SECONDS;
const ADDRESSES_ARE_KEPT_SECONDS = 35 * DAY_SECONDS;
/** Of how many addresses of a key and day, the most frequent, one batch tells. */
export const ADDRESSES_OF_A_BATCH = 25;
/** The number of calls from an address. */
const CALLS = 'calls';

/**
 * What calls and refusals add to the hours of keys, applications and APIs, and to the addresses that keys are called
 * from: one increment an item, by the order of their keys. It depends on nothing else, and not on their order.
 */
export function countCalls(
  calls: readonly LoggedCall[],
  refusals: readonly CountedRefusal[],
): readonly Increment[] {
  const hours = noTallies();
  const add = (entity: CallEntity, id: string | undefined, hour: string, count: string, amount = 1) => {
    if (id !== undefined) addTo(hours, callsItemKey(entity, id, hour), count, hour, amount);
  };
  for (const { at, environment, statusClass, apiId, key } of calls) {
    const hour = hourOf(at);
    const count = nameOfCount({ kind: 'calls', environment, statusClass });
    add('API', apiId, hour, count);
    add('APPLICATION', key?.applicationId, hour, count);
    add('KEY', key?.keyUUID, hour, count);
  }
  for (const { at, reason, apiId, applicationId, keyUUID, count: amount } of refusals) {
    const hour = hourOf(at);
    const count = nameOfCount({ kind: 'refusals', reason });
    add('API', apiId, hour, count, amount);
    add('APPLICATION', applicationId, hour, count, amount);
    add('KEY', keyUUID, hour, count, amount);
  }
  const ofHours = listOf(hours).map(({ key, counts, of: hour }) => ({
    key,
    counts,
    attributes: { hour },
    ttl: startOfHour(hour) / 1000 + HOURS_ARE_KEPT_SECONDS,
  }));
  return [...ofHours, ...countAddresses(calls)].sort(byKey);
}

function countAddresses(calls: readonly LoggedCall[]): readonly Increment[] {
  const days = new Map<string, Map<string, Tallies>>();
  for (const { at, sourceIp, key } of calls) {
    if (key === undefined) continue;
    const day = dayOf(at);
    const keys = days.get(day) ?? new Map<string, Tallies>();
    const addresses = keys.get(key.keyUUID) ?? noTallies();
    days.set(day, keys.set(key.keyUUID, addresses));
    addTo(addresses, callAddressItemKey(key.keyUUID, day, sourceIp), CALLS, sourceIp, 1);
  }
  return [...days].flatMap(([day, keys]) =>
    [...keys.values()].flatMap((addresses) =>
      mostFrequent(addresses).map(({ key, counts, of: address }) => ({
        key,
        counts,
        attributes: { address },
        ttl: startOfHour(`${day}T00`) / 1000 + ADDRESSES_ARE_KEPT_SECONDS,
      })),
    ),
  );
}

function mostFrequent(addresses: Tallies): readonly Tally[] {
  return listOf(addresses)
    .sort((one, other) => (other.counts[CALLS] ?? 0) - (one.counts[CALLS] ?? 0) || byKey(one, other))
    .slice(0, ADDRESSES_OF_A_BATCH);
}

/** The numbers of one item. */
interface Tally {
  readonly key: ItemKey;
  /** The hour or the address that it is about. */
  readonly of: string;
  readonly counts: Counts;
}

/** Numbers of items while they are counted, by key. */
type Tallies = Map<
  string,
  { readonly key: ItemKey; readonly of: string; readonly counts: Map<string, number> }
>;

function noTallies(): Tallies {
  return new Map();
}

function addTo(tallies: Tallies, key: ItemKey, count: string, of: string, amount: number): void {
  const place = `${key.pk}\n${key.sk}`;
  const tally = tallies.get(place) ?? { key, of, counts: new Map<string, number>() };
  tallies.set(place, tally);
  tally.counts.set(count, (tally.counts.get(count) ?? 0) + amount);
}

function listOf(tallies: Tallies): Tally[] {
  return [...tallies.values()].map(({ counts, ...rest }) => ({
    ...rest,
    counts: Object.fromEntries(counts),
  }));
}

interface Keyed {
  readonly key: ItemKey;
}

/** APIs come first: what many batches add to at the same time stands in one transaction of each. */
function byKey({ key: one }: Keyed, { key: other }: Keyed): number {
  if (one.pk !== other.pk) return one.pk < other.pk ? -1 : 1;
  return one.sk < other.sk ? -1 : one.sk > other.sk ? 1 : 0;
}
