import { z } from 'zod';
import { STATUS_CLASSES } from '../core/call-counts.ts';
import { KEY_TYPES } from '../core/credential.ts';
import { REFUSAL_REASONS, REFUSALS } from '../core/refusal.ts';
import type { CallTotals } from '../core/summarise-calls.ts';
import { GRANULARITIES } from '../core/usage-period.ts';
import type { ApiItem } from '../platform/dynamodb/items.ts';
import type { CsvRow } from '../platform/http/csv.ts';
import type { RouteResponse } from '../platform/http/route.ts';
import { Id, instant } from '../platform/http/schemas.ts';
import type { KeyUsageReport, UsageReport } from './usage-reports.ts';

/** What every query of usage may say. */
export const usageQuery = {
  from: instant.exactOptional(),
  to: instant.exactOptional(),
  format: z.enum(['json', 'csv']).default('json').describe('csv: the list alone.'),
};

export const UsageQuery = z.strictObject({
  ...usageQuery,
  granularity: z
    .enum(GRANULARITIES)
    .default('hour')
    .describe('hour: the last 24 hours, at most 31 days; day: the last 7 days, at most 400; days of UTC.'),
});

const Count = z.int().min(0);
const Totals = z
  .strictObject({
    calls: Count.describe('That API Gateway answered, refused ones included where no key is asked for.'),
    statusClasses: z.strictObject({ '2xx': Count, '3xx': Count, '4xx': Count, '5xx': Count }),
    refusals: Count.describe('That the authorizer refused.'),
  })
  .meta({ id: 'CallTotals' });

const period = {
  from: z.string().describe('ISO 8601: when the first hour or day begins.'),
  to: z.string().describe('ISO 8601: when the last one ends.'),
};
const usage = {
  ...period,
  granularity: z.enum(GRANULARITIES),
  totals: Totals,
  list: z.array(
    z.strictObject({
      start: z.string().describe('ISO 8601.'),
      environment: z.enum(KEY_TYPES),
      statusClass: z.enum(STATUS_CLASSES),
      calls: Count,
    }),
  ),
  refusals: z
    .array(z.strictObject({ reason: z.enum(REFUSAL_REASONS), code: z.string(), refusals: Count }))
    .describe('Most frequent first.'),
};

/** The calls of an application or an API. */
export const Usage = z.strictObject(usage).meta({ id: 'Usage' });

export const KeyUsage = z
  .strictObject({
    ...usage,
    addresses: z
      .array(z.strictObject({ address: z.string(), calls: Count }))
      .describe('The 20 that the most calls came from on the days of the period; kept for 35 days.'),
    addressesTruncated: z.boolean().describe('Whether only the addresses of the latest days were looked at.'),
    lastUsed: z.int().nullable().describe('Milliseconds since the epoch, whatever the period.'),
  })
  .meta({ id: 'KeyUsage' });

/** The totals of APIs. */
export const UsageOfApis = z.strictObject({
  ...period,
  count: Count,
  list: z.array(z.strictObject({ apiId: Id, name: z.string(), version: z.string(), totals: Totals })),
});

export const USAGE_COLUMNS = ['start', 'environment', 'statusClass', 'calls'] as const;
export const APIS_COLUMNS = ['apiId', 'name', 'version', 'calls', ...STATUS_CLASSES, 'refusals'] as const;

/** Answers with the usage of a key, an application or an API. */
export function answerUsage(report: UsageReport | KeyUsageReport, format: 'json' | 'csv'): RouteResponse {
  const { totals, granularity, list, refusals } = { ...report, ...report.period };
  const rows = list.map(({ start, ...row }) => ({ start: iso(start), ...row }));
  if (format === 'csv') {
    return {
      status: 200,
      csv: rows.map(({ start, environment, statusClass, calls }): CsvRow => [
        start,
        environment,
        statusClass,
        calls,
      ]),
    };
  }
  return {
    status: 200,
    body: {
      ...periodView(report.period),
      granularity,
      totals,
      list: rows,
      refusals: refusals.map(({ reason, ...rest }) => ({ reason, code: REFUSALS[reason].code, ...rest })),
      ...('addresses' in report && {
        addresses: report.addresses,
        addressesTruncated: report.addressesTruncated,
        lastUsed: report.lastUsed ?? null,
      }),
    },
  };
}

/** Answers with the totals of APIs. */
export function answerUsageOfApis(
  reports: readonly { readonly api: ApiItem; readonly totals: CallTotals }[],
  asked: UsageReport['period'],
  format: 'json' | 'csv',
): RouteResponse {
  const list = reports.map(({ api: { apiId, name, version }, totals }) => ({ apiId, name, version, totals }));
  if (format === 'csv') {
    return {
      status: 200,
      csv: list.map(({ apiId, name, version, totals: { calls, statusClasses, refusals } }): CsvRow => [
        apiId,
        name,
        version,
        calls,
        ...STATUS_CLASSES.map((statusClass) => statusClasses[statusClass]),
        refusals,
      ]),
    };
  }
  return { status: 200, body: { ...periodView(asked), count: list.length, list } };
}

function periodView({ from, to }: UsageReport['period']) {
  return { from: iso(from), to: iso(to) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
