import type { UsageAnswer } from '../rest/answers.ts';
import { formatMoment } from './moments.ts';
import { detailLines, tableLines, type Column } from './table.ts';

const TOTALS: readonly Column<UsageAnswer>[] = [
  { title: 'From', value: ({ from }) => formatMoment(from) },
  { title: 'To', value: ({ to }) => formatMoment(to) },
  { title: 'Calls', value: ({ totals }) => String(totals.calls) },
  { title: 'By status', value: ({ totals }) => statusText(totals.statusClasses) },
  { title: 'Refused', value: ({ totals }) => String(totals.refusals) },
  { title: 'Last used', value: ({ lastUsed }) => formatMoment(lastUsed) },
];

const CALLS: readonly Column<UsageAnswer['list'][number]>[] = [
  { title: 'Start', value: ({ start }) => formatMoment(start) },
  { title: 'Environment', value: ({ environment }) => environment },
  { title: 'Status', value: ({ statusClass }) => statusClass },
  { title: 'Calls', value: ({ calls }) => String(calls) },
];

const REFUSALS: readonly Column<NonNullable<UsageAnswer['refusals']>[number]>[] = [
  { title: 'Reason', value: ({ reason }) => reason },
  { title: 'Code', value: ({ code }) => code },
  { title: 'Refused', value: ({ refusals }) => String(refusals) },
];

const ADDRESSES: readonly Column<NonNullable<UsageAnswer['addresses']>[number]>[] = [
  { title: 'Address', value: ({ address }) => address },
  { title: 'Calls', value: ({ calls }) => String(calls) },
];

/** What is known of calls: the totals, and a table for each thing that they were counted by. */
export function usageLines(usage: UsageAnswer): readonly string[] {
  const { list, refusals = [], addresses = [] } = usage;
  return [
    ...detailLines(TOTALS, usage),
    ...below(CALLS, list),
    ...below(REFUSALS, refusals),
    ...below(ADDRESSES, addresses),
  ];
}

function below<Item>(columns: readonly Column<Item>[], items: readonly Item[]): readonly string[] {
  return items.length === 0 ? [] : ['', ...tableLines(columns, items)];
}

function statusText(classes: Readonly<Record<string, number>> | undefined): string {
  const counted = Object.entries(classes ?? {}).filter(([, calls]) => calls > 0);
  return counted.length === 0 ? '-' : counted.map(([name, calls]) => `${name}: ${calls}`).join(', ');
}
