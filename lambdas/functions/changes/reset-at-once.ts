import type { DynamoDBRecord } from 'aws-lambda';
import { distinctStages, type GatewayStage } from '../../core/decision/environment.ts';
import type { TableAccess } from '../../management/frame/management.ts';
import { stagesOfChanges } from '../../management/gateway-cache/stages-of-changes.ts';
import { describeError, type Log } from '../../platform/log.ts';
import { resetStages, type StageResets } from '../../platform/reset-stages.ts';

export interface ResettingAtOnce extends TableAccess, Pick<StageResets, 'client' | 'pause'> {
  readonly log: Log;
}

/** Some ten seconds' worth: events that come behind must not wait longer. */
const MOST_AT_ONCE = 30;
/** Nor may they where API Gateway is slow: past the function's time they would be published again. */
const LONGEST_MILLISECONDS = 20_000;

/**
 * Makes API Gateway forget what the changes in `records` have made wrong, as well as it goes: the function `resets` does
 * the same later, and does not give up. Never fails.
 */
export async function resetAtOnce(
  resetting: ResettingAtOnce,
  records: readonly DynamoDBRecord[],
): Promise<void> {
  const delay = (fields: object, error: unknown) =>
    resetting.log({ level: 'WARN', type: 'reset_delayed', ...fields, ...describeError(error) });
  try {
    const changes = await stagesOfChanges(resetting, records);
    const stages = distinctStages(changes.flatMap((change) => change.stages)).slice(0, MOST_AT_ONCE);
    const report = (stage: GatewayStage, error: unknown) => delay(stage, error);
    const end = resetting.clock() + LONGEST_MILLISECONDS;
    await resetStages({ ...resetting, report, isLate: () => resetting.clock() >= end }, stages);
  } catch (error) {
    delay({ records: records.length }, error);
  }
}
