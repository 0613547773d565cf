import type { GatewayStage } from '../../core/decision/environment.ts';
import type { TableAccess } from '../../management/frame/management.ts';
import { describeError, type Log } from '../../platform/log.ts';
import { resetStages, type StageResets } from '../../platform/reset-stages.ts';

export interface Resetting extends TableAccess, Pick<StageResets, 'client' | 'pause'> {
  readonly log: Log;
}

/** Waits until `at` (milliseconds since the epoch); not at all when that is over. */
export async function waitUntil({ clock, pause }: Resetting, at: number): Promise<void> {
  for (let left = at - clock(); left > 0; left = at - clock()) await pause(left);
}

/** Resets stages, and logs each that cannot be. @returns those. */
export async function resetOrLog(
  resetting: Resetting,
  stages: readonly GatewayStage[],
): Promise<readonly GatewayStage[]> {
  const { client, pause, log } = resetting;
  const report = (stage: GatewayStage, error: unknown) =>
    log({ level: 'ERROR', type: 'reset_failed', ...stage, ...describeError(error) });
  return resetStages({ client, pause, report }, stages);
}
