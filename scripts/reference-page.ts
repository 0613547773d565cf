import { FAULTS } from '../lambdas/core/http/fault.ts';
import { REFUSAL_ADVICE } from '../lambdas/core/refusals/refusal-advice.ts';
import {
  REFUSAL_REASONS,
  REFUSALS,
  type Refusal,
  type RefusalReason,
} from '../lambdas/core/refusals/refusal.ts';
import { FAULT_MEANINGS } from './fault-meanings.ts';

/** The page about refusal reasons and error codes, as Markdown that is not yet formatted. */
export function referencePage(): string {
  return `# Look up a refusal reason or an error code

\`npm run reference\` writes this page from the code.

## Refusals of protected APIs

A refused call has one reason: that of the first check that fails. Without
[detailed refusals](detailed-refusals.md), API Gateway answers 401 or 403 with a fixed body; the reason is in the
[record of the refusal](refused-calls.md), with the code of WSO2 API Manager.

${table(['reason', 'status', 'without `refusals`', 'WSO2 code', 'WSO2 message'], REFUSAL_REASONS.map(rowOf))}

${REFUSAL_REASONS.map(sectionOf).join('\n\n')}

## Faults of the REST APIs

Every fault is WSO2's error entity: \`code\` repeats the status, \`message\` is as listed here, and \`description\` says what is wrong.
Unless a description says otherwise, nothing was changed.

${[...Object.keys(FAULTS).filter(isFaultCode).map(faultOf), ...OTHER_ANSWERS].join('\n')}

API Gateway itself answers \`{"message":"…"}\` before any function runs: 401 without a valid token, 400 for a path whose
percent-encoding is broken, and 429 beyond the [throttle](../operate/floods.md#throttling).
`;
}

const OTHER_ANSWERS = [
  '- **500** `Internal Server Error`: a fault of Keybound or of AWS. If the table did not answer in time, the description says that the outcome is not known: read the resource, or repeat the request with its `Idempotency-Key`.',
];

const isFaultCode = (code: string): code is keyof typeof FAULTS => Object.hasOwn(FAULTS, code);

function rowOf(reason: RefusalReason): readonly string[] {
  const { status, code, message }: Refusal = REFUSALS[reason];
  return [`[\`${reason}\`](#${reason})`, String(status), status === 401 ? '401' : '403', code, message];
}

function sectionOf(reason: RefusalReason): string {
  return `### ${reason}

- **Text**: ${REFUSALS[reason].description}
- **What to do**: ${REFUSAL_ADVICE[reason]}`;
}

function faultOf(code: keyof typeof FAULTS): string {
  const { status, title } = FAULTS[code];
  return `- **${status}** \`${title}\` (\`${code}\` in the code): ${FAULT_MEANINGS[code]}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
