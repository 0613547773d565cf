import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import {
  digestIdempotencyKey,
  IDEMPOTENCY_SECONDS,
  openAnswer,
  sealAnswer,
  type IdempotentRequest,
} from '../../core/http/idempotency.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { IdempotencyItem, StoredAnswer } from '../../platform/dynamodb/items.ts';
import { idempotencyItemKey, TTL_ATTRIBUTE } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import { createUnlessLive, type Write } from '../../platform/dynamodb/writes.ts';
import type { RouteResponse } from '../../platform/http/route.ts';
import { retryOnConflict, type Management } from './management.ts';

/**
 * Further writes that join the one transaction of a use case. It asks for them in every attempt, just before it
 * writes, with the result that it is going to return.
 */
export type AlsoWrite<T> = (result: T) => Promise<readonly Write[]>;

/** For callers that have nothing to add. */
export const writeNothingElse: AlsoWrite<unknown> = () => Promise.resolve([]);

interface Request {
  readonly caller: Caller;
  readonly idempotency?: IdempotentRequest;
}

/** Ends a use case whose request was carried out before. */
class CarriedOut extends Error {
  readonly response: RouteResponse;

  constructor(response: RouteResponse) {
    super('the request was carried out before');
    this.name = 'CarriedOut';
    this.response = response;
  }
}

/**
 * Carries out a request once, however often it is sent with its `Idempotency-Key`: its answer is stored with what
 * it changes, and given again for a day. A request that is refused can be sent again.
 * @param perform the use case; its writes and those of `AlsoWrite` are one transaction.
 * @param respond the answer to its result; without effects, since an attempt may fail after it.
 * @throws Fault `unprocessable` when the key was used for another request.
 */
export async function idempotently<T>(
  management: Management,
  { caller, idempotency }: Request,
  perform: (alsoWrite: AlsoWrite<T>) => Promise<T>,
  respond: (result: T) => RouteResponse,
): Promise<RouteResponse> {
  if (idempotency === undefined) return respond(await perform(writeNothingElse));
  const replay = () => readAnswer(management, caller, idempotency);
  let attempts = 0;
  const alsoWrite: AlsoWrite<T> = async (result) => {
    attempts += 1;
    // The first attempt needs no read: when there is an answer, its transaction fails, and changes nothing.
    const earlier = attempts > 1 ? await replay() : undefined;
    if (earlier !== undefined) throw new CarriedOut(earlier);
    return [answerWrite(management, caller, idempotency, respond(result))];
  };

  try {
    return respond(await retryOnConflict(() => perform(alsoWrite)));
  } catch (error) {
    if (error instanceof CarriedOut) return error.response;
    // The refusal may be an effect of the same request, carried out before: its name is taken by itself.
    if (!(error instanceof Fault || error instanceof WriteConflict)) throw error;
    const earlier = await replay();
    if (earlier === undefined) throw error;
    return earlier;
  }
}

async function readAnswer(
  { store }: Management,
  { subject }: Caller,
  request: IdempotentRequest,
): Promise<RouteResponse | undefined> {
  const item = await readItem(store, keyOf(subject, request), IdempotencyItem);
  if (item === undefined) return undefined;
  return { ...StoredAnswer.parse(openAnswer(subject, request, item)), replayed: true };
}

function answerWrite(
  { clock }: Management,
  { subject }: Caller,
  request: IdempotentRequest,
  response: RouteResponse,
): Write {
  const now = toEpochSeconds(clock());
  return createUnlessLive(
    keyOf(subject, request),
    { ...sealAnswer(subject, request, response), [TTL_ATTRIBUTE]: now + IDEMPOTENCY_SECONDS },
    now,
  );
}

function keyOf(owner: string, { key }: IdempotentRequest) {
  return idempotencyItemKey(owner, digestIdempotencyKey(key));
}
