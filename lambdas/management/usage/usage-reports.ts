import { countOf } from '../../core/general/count-of.ts';
import { Fault } from '../../core/http/fault.ts';
import { summariseCalls, type CallsSummary, type CallTotals } from '../../core/usage/summarise-calls.ts';
import { HOUR_MILLISECONDS, type UsagePeriod } from '../../core/usage/usage-period.ts';
import { dayOf, hourOf } from '../../core/general/utc.ts';
import { CallAddressItem, CallHourItem, type ApiItem } from '../../platform/dynamodb/items.ts';
import { callAddresses, callHours, type CallEntity } from '../../platform/dynamodb/keys.ts';
import { readRange } from '../../platform/dynamodb/partitions.ts';
import { readUsage } from './key-usage.ts';
import type { TableAccess } from '../frame/management.ts';
import { look } from '../frame/snapshot.ts';

/** What was counted in a period, as far as the logs have arrived. */
export interface UsageReport extends CallsSummary {
  readonly period: UsagePeriod;
}

export interface KeyUsageReport extends UsageReport {
  /** Where the most calls came from on the days of the period, most first. */
  readonly addresses: readonly { readonly address: string; readonly calls: number }[];
  /** Whether there were so many addresses that only the latest days were looked at. */
  readonly addressesTruncated: boolean;
  /** Milliseconds since the epoch, whatever the period; `undefined`: never. */
  readonly lastUsed: number | undefined;
}

const SHOWN_ADDRESSES = 20;
const MOST_ADDRESSES = 2_000;
/** Most hours of APIs that are read for one answer. */
const MOST_HOURS = 50_000;
const APIS_AT_ONCE = 10;

/** The calls of a key, an application or an API. */
export async function reportUsage(
  { store }: TableAccess,
  entity: CallEntity,
  id: string,
  period: UsagePeriod,
): Promise<UsageReport> {
  const { from, to, granularity } = period;
  const hours = await readRange(
    store,
    callHours(entity, id, hourOf(from), hourOf(to - HOUR_MILLISECONDS)),
    CallHourItem,
  );
  return { period, ...summariseCalls(hours, granularity) };
}

/** The calls of a key, where they came from, and when the last one was. */
export async function reportKeyUsage(
  management: TableAccess,
  keyUUID: string,
  period: UsagePeriod,
): Promise<KeyUsageReport> {
  const days = callAddresses(keyUUID, dayOf(period.from), dayOf(period.to - 1));
  const [report, addresses, usage] = await Promise.all([
    reportUsage(management, 'KEY', keyUUID, period),
    readRange(management.store, days, CallAddressItem, MOST_ADDRESSES + 1),
    readUsage(look(management), [{ keyUUID }]),
  ]);
  return {
    ...report,
    addresses: mostFrequent(addresses.slice(0, MOST_ADDRESSES)),
    addressesTruncated: addresses.length > MOST_ADDRESSES,
    lastUsed: usage.get(keyUUID)?.lastUsed,
  };
}

function mostFrequent(items: readonly CallAddressItem[]): KeyUsageReport['addresses'] {
  const calls = new Map<string, number>();
  for (const { address, calls: count } of items) calls.set(address, (calls.get(address) ?? 0) + count);
  return [...calls]
    .map(([address, count]) => ({ address, calls: count }))
    .sort((one, other) => other.calls - one.calls || (one.address < other.address ? -1 : 1))
    .slice(0, SHOWN_ADDRESSES);
}

/**
 * The totals of each of `apis`, in their order.
 * @throws Fault `bad_request` when that would be too much to read at once.
 */
export async function reportApis(
  management: TableAccess,
  apis: readonly ApiItem[],
  period: UsagePeriod,
): Promise<readonly { readonly api: ApiItem; readonly totals: CallTotals }[]> {
  const hours = ((period.to - period.from) / HOUR_MILLISECONDS) * apis.length;
  if (hours > MOST_HOURS) {
    const most = Math.floor(MOST_HOURS / apis.length);
    throw new Fault('bad_request', 'The request is not valid.', {
      problems: [
        {
          field: 'from',
          message: `must be at most ${countOf(most, 'hour')} before to for ${countOf(apis.length, 'API')}`,
        },
      ],
    });
  }
  const reports: { readonly api: ApiItem; readonly totals: CallTotals }[] = [];
  for (let start = 0; start < apis.length; start += APIS_AT_ONCE) {
    const some = apis.slice(start, start + APIS_AT_ONCE).map(async (api) => {
      const { totals } = await reportUsage(management, 'API', api.apiId, period);
      return { api, totals };
    });
    reports.push(...(await Promise.all(some)));
  }
  return reports;
}
