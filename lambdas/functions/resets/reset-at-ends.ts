import { distinctStages, type GatewayStage } from '../../core/decision/environment.ts';
import { LATE_DECISION_SECONDS } from '../../core/decision/freshness.ts';
import { stagesInReach } from '../../management/gateway-cache/stages-in-reach.ts';
import { findEndings } from './find-endings.ts';
import { resetOrLog, waitUntil, type Resetting } from './resetting.ts';

/** How far a run looks back and ahead. Runs come once a minute: each value is seen before and after its end. */
const SPAN_MILLISECONDS = 60_000;

interface Due {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly stages: readonly GatewayStage[];
}

/**
 * Makes API Gateway forget the decisions about values that expire, or whose grace period ends, in the minute from `at` on
 * (milliseconds since the epoch): when that happens, and once more when no earlier decision can be on its way any more.
 * Looks a minute back, too: for values that got so near an end later than the run before, and for a run that is missing.
 * @throws Error when a stage could not be reset, for the invocation to be tried again.
 */
export async function resetAtEnds(resetting: Resetting, at: number): Promise<void> {
  const endings = await findEndings(resetting.store, {
    from: at - SPAN_MILLISECONDS,
    to: at + SPAN_MILLISECONDS,
  });
  const dues = await Promise.all(
    endings.map(async (ending) => {
      const stages = await stagesInReach(resetting, ending.reach);
      return [ending.at, ending.at + LATE_DECISION_SECONDS * 1000].map((time) => ({ at: time, stages }));
    }),
  );
  let open: readonly Due[] = dues
    .flat()
    .filter(({ stages }) => stages.length > 0)
    .sort((one, other) => one.at - other.at);
  let failures = 0;
  for (let [next] = open; next !== undefined; [next] = open) {
    await waitUntil(resetting, next.at);
    const now = resetting.clock();
    const due = open.filter((candidate) => candidate.at <= now);
    open = open.slice(due.length);
    failures += (await resetOrLog(resetting, distinctStages(due.flatMap(({ stages }) => stages)))).length;
  }
  if (failures > 0) throw new Error(`${failures} resets could not be made`);
}
