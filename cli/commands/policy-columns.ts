import { z } from 'zod';
import type { Column } from '../output/table.ts';
import type { PolicyAnswer } from './policy-body.ts';

/** The number that WSO2, and so the server, writes for no limit. */
const UNLIMITED_REQUESTS = 2_147_483_647;

/** A policy as developers see it. */
export const ListedPolicy = z.object({
  name: z.string(),
  description: z.string().nullish(),
  requestCount: z.number().nullish(),
  unitTime: z.number().nullish(),
  timeUnit: z.string().nullish(),
  rateLimitCount: z.number().nullish(),
  rateLimitTimeUnit: z.string().nullish(),
});
export const LISTED_POLICY_COLUMNS: readonly Column<z.infer<typeof ListedPolicy>>[] = [
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

function requestsOf({ requestCount: limit }: PolicyAnswer['defaultLimit'] = {}): string {
  if (limit === undefined || limit === null || limit.requestCount === UNLIMITED_REQUESTS) return 'unlimited';
  return `${limit.requestCount} per ${limit.unitTime} ${unitName(limit.timeUnit)}`;
}

/** The server writes some units of business plans as WSO2's forms do: `hours`. */
function unitName(unit: string): string {
  return unit.replace(/s$/, '');
}
