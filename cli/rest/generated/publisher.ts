// Written by `npm run rest-answers` from the OpenAPI documents.

import * as z from 'zod';

export const StandingDecision = z.object({
  apiId: z.string(),
  owner: z.string(),
  user: z.string(),
  status: z.string(),
  decidedBy: z.string(),
  decidedTime: z.string(),
  version: z.int(),
});

export type StandingDecision = z.infer<typeof StandingDecision>;

export const LifecycleState = z.object({
  state: z.string(),
  checkItems: z.array(z.unknown()),
  availableTransitions: z.array(
    z.object({
      event: z.string(),
      targetState: z.string(),
    }),
  ),
});

export type LifecycleState = z.infer<typeof LifecycleState>;

export const LifecycleChange = z.object({
  workflowStatus: z.string(),
  lifecycleState: LifecycleState,
});

export type LifecycleChange = z.infer<typeof LifecycleChange>;
