import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import type { IdempotentRequest } from '../../core/http/idempotency.ts';
import type { IfMatch } from '../../core/http/if-match.ts';
import { WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import type { RouteResponse } from '../../platform/http/route.ts';
import { backOff } from '../../platform/pause.ts';
import { auditEntry } from '../audit/audit.ts';
import type { Patience, Plan } from './change.ts';
import { answerWrite, readAnswer } from './idempotent-answers.ts';
import type { TableAccess } from './management.ts';
import { takeSnapshot } from './snapshot.ts';

/** Who asks, and what the headers demand. */
export interface ChangeRequest {
  readonly caller: Caller;
  readonly ifMatch?: IfMatch | undefined;
  readonly idempotency?: IdempotentRequest | undefined;
}

/**
 * Carries out what a use case plans, and answers. Reads, decides and writes on condition that nothing of what was read has
 * changed; when something has, it starts over. The change, its entry of the audit trail and the answer that is kept for
 * an `Idempotency-Key` are one transaction: such a request is carried out once, however often it is sent, and answered
 * the same for a day. A request that is refused can be sent again.
 * @param view the answer to the result; without effects, since an attempt may fail after it.
 * @throws Fault those of the plan; `precondition_failed` for another version than `If-Match` names; `unprocessable`
 * when the `Idempotency-Key` was used for another request; `conflict` when others were faster each time.
 */
export async function carryOut<R>(
  access: TableAccess,
  request: ChangeRequest,
  plan: Plan<R>,
  view: (result: R) => RouteResponse,
): Promise<RouteResponse> {
  const { caller, idempotency } = request;
  if (idempotency === undefined) return view(await commit(access, request, plan));
  const answered = () => readAnswer(access, caller, idempotency);
  try {
    return await retryOnConflict(async (triedBefore) => {
      // The first attempt needs no read: when there is an answer, its transaction fails, and changes nothing.
      const earlier = triedBefore === 0 ? undefined : await answered();
      if (earlier !== undefined) return earlier;
      const answer = (result: R) => [answerWrite(access, caller, idempotency, view(result))];
      return view(await attempt(access, request, plan, triedBefore, answer));
    }, plan.patience);
  } catch (error) {
    // The refusal may be an effect of the same request, carried out before: its name is taken by itself.
    if (!(error instanceof Fault)) throw error;
    const earlier = await answered();
    if (earlier === undefined) throw error;
    return earlier;
  }
}

/** The same for a part of a use case that has no answer of its own. */
export async function commit<R>(access: TableAccess, request: ChangeRequest, plan: Plan<R>): Promise<R> {
  return retryOnConflict((triedBefore) => attempt(access, request, plan, triedBefore), plan.patience);
}

/** @throws WriteConflict when something has changed since it was read. */
async function attempt<R>(
  access: TableAccess,
  { caller, ifMatch }: ChangeRequest,
  plan: Plan<R>,
  triedBefore: number,
  answer: (result: R) => readonly Write[] = () => [],
): Promise<R> {
  const { read, conditionsBeside } = takeSnapshot(access, { triedBefore, ifMatch });
  const { result, writes, audit, followUp } = await plan(read);
  const entry = audit === 'none' ? [] : [auditEntry(caller, read.now, audit)];
  const all = [...writes, ...entry, ...answer(result)];
  if (all.length > 0) await writeAll(access.store, [...all, ...(await conditionsBeside(all))]);
  return followUp === undefined ? result : followUp();
}

const ORDINARY: Patience = { attempts: 10, longestPauseMilliseconds: 400 };

/**
 * Runs a use case that reads, decides and writes on condition that nothing changed meanwhile. When something did,
 * it starts over from the read.
 * @param attempt is told how often it was tried before.
 * @throws Fault `conflict` when others were faster each time: then nothing was written.
 */
export async function retryOnConflict<T>(
  attempt: (triedBefore: number) => Promise<T>,
  { attempts, longestPauseMilliseconds }: Patience = ORDINARY,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt(tried - 1);
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (tried === attempts) {
        throw new Fault('conflict', 'Others are changing the same resource. Nothing was written; try again.');
      }
      await backOff(tried, longestPauseMilliseconds);
    }
  }
}
