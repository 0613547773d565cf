import { STATUS_CLASSES } from '../../core/usage/call-counts.ts';
import { REFUSALS } from '../../core/refusals/refusal.ts';
import type { CallTotals } from '../../core/usage/summarise-calls.ts';
import type { ApiItem } from '../../platform/dynamodb/items.ts';
import type { Csv } from '../../platform/http/csv.ts';
import type { KeyUsageReport, UsageReport } from './usage-reports.ts';

/** The lists of usage, one of which is in a CSV, with their columns. */
export const USAGE_COLUMNS = {
  calls: ['start', 'environment', 'statusClass', 'calls'],
  refusals: ['reason', 'code', 'refusals'],
  addresses: ['address', 'calls'],
} as const;

export type UsageList = keyof typeof USAGE_COLUMNS;

export const APIS_COLUMNS = ['apiId', 'name', 'version', 'calls', ...STATUS_CLASSES, 'refusals'] as const;

/** One list of a report; no addresses, where a report has none. */
export function usageCsv(report: UsageReport | KeyUsageReport, list: UsageList): Csv {
  return { columns: USAGE_COLUMNS[list], rows: ROWS[list](report) };
}

const ROWS: Readonly<Record<UsageList, (report: UsageReport | KeyUsageReport) => Csv['rows']>> = {
  calls: ({ list }) =>
    list.map(({ start, environment, statusClass, calls }) => [
      new Date(start).toISOString(),
      environment,
      statusClass,
      calls,
    ]),
  refusals: ({ refusals }) =>
    refusals.map(({ reason, refusals: count }) => [reason, REFUSALS[reason].code, count]),
  addresses: (report) =>
    'addresses' in report ? report.addresses.map(({ address, calls }) => [address, calls]) : [],
};

/** The totals of APIs. */
export function apisCsv(reports: readonly { readonly api: ApiItem; readonly totals: CallTotals }[]): Csv {
  const rows = reports.map(
    ({ api: { apiId, name, version }, totals: { calls, statusClasses, refusals } }) => [
      ...[apiId, name, version, calls],
      ...STATUS_CLASSES.map((statusClass) => statusClasses[statusClass]),
      refusals,
    ],
  );
  return { columns: APIS_COLUMNS, rows };
}
