import { z } from 'zod';
import { STATUS_CLASSES } from '../../core/usage/call-counts.ts';
import { KEY_TYPES } from '../../core/decision/credential.ts';
import { REFUSAL_REASONS, REFUSALS } from '../../core/refusals/refusal.ts';
import type { CallTotals } from '../../core/usage/summarise-calls.ts';
import { GRANULARITIES } from '../../core/usage/usage-period.ts';
import type { ApiItem } from '../../platform/dynamodb/items.ts';
import type { RouteResponse } from '../../platform/http/route.ts';
import { Id, instant } from '../../platform/http/schemas.ts';
import { APIS_COLUMNS, apisCsv, USAGE_COLUMNS, usageCsv, type UsageList } from './usage-csv.ts';
import type { KeyUsageReport, UsageReport } from './usage-reports.ts';

/** What every query of usage may say. */
const query = { from: instant.exactOptional(), to: instant.exactOptional() };

const granularity = z
  .enum(GRANULARITIES)
  .default('hour')
  .describe(
    'hour: defaults to the last 24 hours, at most 31 days. day: defaults to the last 7 days, at most 400. Days are in UTC.',
  );

const format = z.enum(['json', 'csv']).default('json').describe('csv: a single list.');

/** How a caller wants to have usage. */
interface Wanted {
  readonly format: 'json' | 'csv';
  readonly list?: UsageList;
}

const Count = z.int().min(0);
const Totals = z
  .strictObject({
    calls: Count.describe(
      'All calls that API Gateway answered; for keys and applications, only allowed ones.',
    ),
    statusClasses: z.strictObject({ '2xx': Count, '3xx': Count, '4xx': Count, '5xx': Count }),
    refusals: Count.describe('Calls that the authorizer refused.'),
  })
  .meta({ id: 'CallTotals' });

const period = {
  from: z.string().describe('Start of the first hour or day, in ISO 8601.'),
  to: z.string().describe('End of the last hour or day, in ISO 8601.'),
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
const Usage = z.strictObject(usage).meta({ id: 'Usage' });

const KeyUsage = z
  .strictObject({
    ...usage,
    addresses: z
      .array(z.strictObject({ address: z.string(), calls: Count }))
      .describe('The 20 addresses with the most calls on the days of the period; kept for 35 days.'),
    addressesTruncated: z.boolean().describe('True if only the addresses of the latest days were counted.'),
    lastUsed: z
      .int()
      .nullable()
      .describe('Last use, in milliseconds since the epoch, regardless of the period.'),
  })
  .meta({ id: 'KeyUsage' });

/** The totals of APIs. */
const UsageOfApis = z.strictObject({
  ...period,
  count: Count,
  list: z.array(z.strictObject({ apiId: Id, name: z.string(), version: z.string(), totals: Totals })),
});

/** What a route that answers with usage takes and gives. `lists`: what there is of it. */
function contentOf<const List extends UsageList, Response>(
  lists: readonly List[],
  response: z.ZodType<Response>,
) {
  return {
    query: z
      .strictObject({
        ...query,
        format,
        granularity,
        list: z.enum(lists).exactOptional().describe('The list that the CSV contains; defaults to calls.'),
      })
      .refine(({ format: asked, list }) => asked === 'csv' || list === undefined, {
        path: ['list'],
        error: 'goes with format=csv only: JSON has all lists',
      }),
    response,
    csvColumns: lists.map((list) => USAGE_COLUMNS[list]),
  };
}

/** Of an application or an API. */
export const USAGE_CONTENT = contentOf(['calls', 'refusals'], Usage);
export const KEY_USAGE_CONTENT = contentOf(['calls', 'refusals', 'addresses'], KeyUsage);

/** The same of the totals of APIs. */
export const APIS_USAGE_CONTENT = {
  query: z.strictObject({ ...query, format }),
  response: UsageOfApis,
  csvColumns: [APIS_COLUMNS],
} as const;

/** Answers with the usage of a key, an application or an API. */
export function answerUsage(
  report: UsageReport | KeyUsageReport,
  { format: asked, list = 'calls' }: Wanted,
): RouteResponse {
  if (asked === 'csv') return { status: 200, csv: usageCsv(report, list) };
  return {
    status: 200,
    body: {
      ...periodView(report.period),
      granularity: report.period.granularity,
      totals: report.totals,
      list: report.list.map(({ start, ...row }) => ({ start: iso(start), ...row })),
      refusals: report.refusals.map(({ reason, ...rest }) => ({
        reason,
        code: REFUSALS[reason].code,
        ...rest,
      })),
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
  { format: wanted }: Wanted,
): RouteResponse {
  if (wanted === 'csv') return { status: 200, csv: apisCsv(reports) };
  const list = reports.map(({ api: { apiId, name, version }, totals }) => ({ apiId, name, version, totals }));
  return { status: 200, body: { ...periodView(asked), count: list.length, list } };
}

function periodView({ from, to }: UsageReport['period']) {
  return { from: iso(from), to: iso(to) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
