import type { DryRunAnswer, RefusalAnswer } from '../rest/answers.ts';
import { formatMoment } from './moments.ts';
import type { Column } from './table.ts';

export const REFUSAL_COLUMNS: readonly Column<RefusalAnswer>[] = [
  { title: 'When', value: ({ time }) => formatMoment(time) },
  { title: 'Reason', value: ({ reason }) => reason },
  { title: 'Status', value: ({ status }) => String(status) },
  { title: 'Environment', value: ({ seen }) => seen.environment },
  { title: 'Address', value: ({ seen }) => seen.sourceIp ?? '-' },
  { title: 'Request', value: ({ requestId }) => requestId },
];

export const REFUSAL_DETAILS: readonly Column<RefusalAnswer>[] = [
  { title: 'Request', value: ({ requestId }) => requestId },
  { title: 'When', value: ({ time }) => formatMoment(time) },
  { title: 'Answer', value: ({ status, code, message }) => `${status}, ${code} ${message}` },
  { title: 'Reason', value: ({ reason }) => reason },
  { title: 'What happened', value: ({ description }) => description ?? '-' },
  { title: 'API', value: ({ seen }) => seen.apiName ?? seen.apiId },
  { title: 'Environment', value: ({ seen }) => seen.environment },
  { title: 'Address', value: ({ seen }) => seen.sourceIp ?? '-' },
  { title: 'Referrer', value: ({ seen }) => seen.referrer ?? '-' },
  { title: 'Key', value: ({ key }) => (key ? `${key.keyName} (${key.keyUUID})` : '-') },
  { title: 'Policy', value: ({ policy }) => policy ?? '-' },
  { title: 'Next window', value: ({ nextAccessTime }) => formatMoment(nextAccessTime) },
  { title: 'Rule', value: ({ rule, ruleNote }) => (rule ? `${rule} ${ruleNote ?? ''}`.trim() : '-') },
  { title: 'What to change', value: ({ whatToChange }) => whatToChange ?? '-' },
];

type Step = DryRunAnswer['steps'][number];

export const STEP_COLUMNS: readonly Column<Step>[] = [
  { title: 'Check', value: ({ check }) => check },
  { title: 'Outcome', value: ({ outcome, decides }) => `${outcome}${decides ? ' (decides)' : ''}` },
  { title: 'Reason', value: ({ reason }) => reason ?? '-' },
  { title: 'Saw', value: ({ saw }) => seenText(saw) },
];

function seenText(saw: Step['saw']): string {
  const parts = Object.entries(saw).map(([name, value]) => `${name}=${valueText(value)}`);
  return parts.length === 0 ? '-' : parts.join(' ');
}

function valueText(value: unknown): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
