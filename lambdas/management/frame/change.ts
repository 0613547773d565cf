import type { Write } from '../../platform/dynamodb/writes.ts';
import type { AuditedAction } from '../audit/audit.ts';
import type { Snapshot } from './snapshot.ts';

/** What a request does to the table, decided but not done: `carryOut` writes it, all of it or nothing. */
export interface Change<R> {
  readonly result: R;
  readonly writes: readonly Write[];
  /** The entry of the audit trail; `none` for a part of something that has its entry already. */
  readonly audit: AuditedAction | 'none';
  /**
   * For what one transaction cannot do: goes on once this one has happened, in transactions of its own, and gives the
   * result. Whoever sends the same request again must get there, too.
   */
  readonly followUp?: () => Promise<R>;
}

/** How often a use case starts over, and how long it waits at most before it does. */
export interface Patience {
  readonly attempts: number;
  readonly longestPauseMilliseconds: number;
}

/** For what ends something: it gives way to nobody. Some four seconds at worst, within every function's time-out. */
export const UNYIELDING: Patience = { attempts: 80, longestPauseMilliseconds: 100 };

/**
 * A use case: reads and decides, and writes nothing. It runs once for each attempt, on what that attempt reads.
 * @throws Fault for a refusal, WriteConflict for items that contradict each other: then nothing is written.
 */
export interface Plan<R> {
  (read: Snapshot): Promise<Change<R>>;
  /** How often it is tried. Absent: ten times. */
  readonly patience?: Patience;
}

/** Nothing is to be done: it is so already. */
export function noChange<R>(result: R): Change<R> {
  return { result, writes: [], audit: 'none' };
}

/** The plan of what ends something: it gives way to nobody. */
export function unyielding<R>(plan: (read: Snapshot) => Promise<Change<R>>): Plan<R> {
  return Object.assign((read: Snapshot) => plan(read), { patience: UNYIELDING });
}

/**
 * The same change with what its answer shows beside the result.
 * @param describe reads that before anything is written: afterwards nothing may fail any more.
 */
export function showing<A, B>(
  plan: Plan<A>,
  describe: (read: Snapshot, result: A) => Promise<(result: A) => B>,
): Plan<B> {
  const described = async (read: Snapshot): Promise<Change<B>> => {
    const { result, followUp, ...change } = await plan(read);
    const show = await describe(read, result);
    return {
      ...change,
      result: show(result),
      ...(followUp !== undefined && { followUp: async () => show(await followUp()) }),
    };
  };
  return Object.assign(described, plan.patience !== undefined && { patience: plan.patience });
}
