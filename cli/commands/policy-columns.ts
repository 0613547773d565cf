import { z } from 'zod';
import type { Column } from '../output/table.ts';
import type { PolicyAnswer } from './policy-body.ts';

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
      typeof requestCount === 'number' && requestCount > 0
        ? `${requestCount} per ${unitTime ?? 1} ${timeUnit ?? 'min'}`
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

function requestsOf({ requestCount }: PolicyAnswer['defaultLimit'] = {}): string {
  return requestCount === undefined || requestCount === null
    ? 'unlimited'
    : `${requestCount.requestCount} per ${requestCount.unitTime} ${requestCount.timeUnit}`;
}
