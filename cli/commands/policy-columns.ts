import type { Column } from '../output/table.ts';
import type { ListedPolicyAnswer, PolicyAnswer } from '../rest/answers.ts';

/** The number that WSO2, and so the server, writes for no limit. */
const UNLIMITED_REQUESTS = 2_147_483_647;

export const LISTED_POLICY_COLUMNS: readonly Column<ListedPolicyAnswer>[] = [
  { title: 'Name', value: ({ name }) => name },
  {
    title: 'Requests',
    value: ({ requestCount, unitTime, timeUnit }) =>
      typeof requestCount === 'number' && requestCount !== UNLIMITED_REQUESTS
        ? `${requestCount} per ${unitTime ?? 1} ${unitName(timeUnit ?? 'min')}`
        : 'unlimited',
  },
  {
    title: 'Burst',
    value: ({ rateLimitCount: burst, rateLimitTimeUnit: unit }) =>
      typeof burst === 'number' && burst > 0 ? `${burst} per ${unit ?? 'sec'}` : '-',
  },
  { title: 'Description', value: ({ description }) => description ?? '-' },
];
export const POLICY_DETAILS: readonly Column<PolicyAnswer>[] = [
  { title: 'Name', value: ({ policyName }) => policyName },
  { title: 'Requests', value: ({ defaultLimit }) => requestsOf(defaultLimit) },
  {
    title: 'Burst',
    value: ({ rateLimitCount: burst, rateLimitTimeUnit: unit }) =>
      burst ? `${burst} per ${unit ?? 'sec'}` : '-',
  },
  {
    title: 'If it cannot be counted',
    value: ({ onCounterFailure }) => (onCounterFailure ?? 'REFUSE').toLowerCase(),
  },
  { title: 'Description', value: ({ description }) => description ?? '-' },
  { title: 'Used by', value: ({ useCount }) => String(useCount ?? '-') },
  { title: 'Id', value: ({ policyId }) => policyId },
];

function requestsOf(defaultLimit: PolicyAnswer['defaultLimit']): string {
  const limit = defaultLimit?.requestCount;
  if (limit === undefined || limit.requestCount === UNLIMITED_REQUESTS) return 'unlimited';
  return `${limit.requestCount} per ${limit.unitTime} ${unitName(limit.timeUnit)}`;
}

/** The server writes some units of business plans as WSO2's forms do: `hours`. */
function unitName(unit: string): string {
  return unit.replace(/s$/, '');
}
