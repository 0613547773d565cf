import type { Caller } from '../../core/http/caller.ts';
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
import { createUnlessLive, type Write } from '../../platform/dynamodb/writes.ts';
import type { RouteResponse } from '../../platform/http/route.ts';
import type { TableAccess } from './management.ts';

/**
 * The answer that was given to the same request; `undefined`: none.
 * @throws Fault `unprocessable` when the key was used for another request.
 */
export async function readAnswer(
  { store }: TableAccess,
  { subject }: Caller,
  request: IdempotentRequest,
): Promise<RouteResponse | undefined> {
  const item = await readItem(store, keyOf(subject, request), IdempotencyItem);
  if (item === undefined) return undefined;
  return { ...StoredAnswer.parse(openAnswer(subject, request, item)), replayed: true };
}

/** Keeps an answer for a day. Fails the transaction when there is one. */
export function answerWrite(
  { clock }: TableAccess,
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
