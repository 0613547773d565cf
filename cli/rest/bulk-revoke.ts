import { BulkRevocationAnswer } from './answers.ts';
import { ADMIN, decode, type RestClient } from './rest-client.ts';

export type BulkKey = BulkRevocationAnswer['list'][number];

export interface BulkReport {
  readonly keys: readonly BulkKey[];
  readonly progress: BulkRevocationAnswer['progress'];
}

/**
 * Sends one step after the other until all keys were looked at.
 * @param body filter, `dryRun` and reason, or the `nextToken` to continue from.
 * @param onStep called after each step, with the token that continues after it.
 */
export async function bulkRevoke(
  rest: RestClient,
  body: object,
  onStep: (step: BulkRevocationAnswer) => void,
): Promise<BulkReport> {
  const keys: BulkKey[] = [];
  let next = body;
  for (;;) {
    const step = decode(BulkRevocationAnswer, await rest.repeat(`${ADMIN}/api-keys/bulk-revoke`, next));
    keys.push(...step.list);
    onStep(step);
    if (step.nextToken === undefined) return { keys, progress: step.progress };
    next = { nextToken: step.nextToken };
  }
}
