import { z } from 'zod';
import { KeyAnswer } from './answers.ts';
import { ADMIN, decode, type RestClient } from './rest-client.ts';

const BulkKey = z.looseObject({
  ...KeyAnswer.shape,
  outcome: z.string(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type BulkKey = z.infer<typeof BulkKey>;

const Progress = z.object({
  seen: z.number(),
  found: z.number(),
  revoked: z.number(),
  alreadyEnded: z.number(),
  failed: z.number(),
});
const Step = z.object({ list: z.array(BulkKey), progress: Progress, nextToken: z.string().optional() });
export type BulkStep = z.infer<typeof Step>;

export interface BulkReport {
  readonly keys: readonly BulkKey[];
  readonly progress: z.infer<typeof Progress>;
}

/**
 * Sends one step after the other until all keys were looked at.
 * @param body filter, `dryRun` and reason, or the `nextToken` to go on from.
 * @param onStep called after each step, with the token that goes on behind it.
 */
export async function bulkRevoke(
  rest: RestClient,
  body: object,
  onStep: (step: BulkStep) => void,
): Promise<BulkReport> {
  const keys: BulkKey[] = [];
  let next = body;
  for (;;) {
    const step = decode(Step, await rest.repeat(`${ADMIN}/api-keys/bulk-revoke`, next));
    keys.push(...step.list);
    onStep(step);
    if (step.nextToken === undefined) return { keys, progress: step.progress };
    next = { nextToken: step.nextToken };
  }
}
