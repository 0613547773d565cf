import {
  writeRefusal,
  writeRefusals,
  type LoggedRefusal,
  type RefusalLine,
  type RefusedSubject,
} from '../../contract/refusal-line.ts';
import type { Call, Refused } from '../../core/decision/decide-access.ts';
import { readReferrer } from '../../core/restrictions/referrer-restriction.ts';
import { REFUSALS } from '../../core/refusals/refusal.ts';
import type { PresentedCall } from './read-call.ts';

const LONGEST_REFERRER = 256;
/** As long as the shortest key: what stands there could be one. */
const POSSIBLE_SECRET = /[^./:]{20,}/g;

/**
 * The line of log about a refused call; the usage function makes a `RefusalItem` of it. The Referer, which a client
 * chooses freely, stands there only when it decided, and only what of it can be no secret.
 */
export function refusalLine(
  requestId: string,
  at: number,
  { call, value }: Pick<PresentedCall, 'call' | 'value'>,
  refused: Refused,
): RefusalLine<LoggedRefusal> {
  const { reason, limit } = refused;
  const referrer =
    reason === 'referrer_forbidden' && call.referrer !== undefined
      ? shownReferrer(call.referrer, value)
      : undefined;
  return writeRefusal({
    ...subjectOf(at, call, refused),
    requestId,
    environment: call.environment,
    ...(call.clientAddress !== undefined && { sourceIp: call.clientAddress }),
    ...(referrer !== undefined && { referrer }),
    ...(limit !== undefined && { policy: limit.policy, nextAccessAt: limit.nextAccessEpochSeconds }),
  });
}

/** The line about `count` refused calls of one subject that no line of their own tells of; `at`: of the newest. */
export function refusalCountLine(
  at: number,
  call: Call,
  refused: Refused,
  count: number,
): RefusalLine<RefusedSubject> {
  return writeRefusals(subjectOf(at, call, refused), count);
}

function subjectOf(at: number, { apiId }: Call, { reason, credential }: Refused): RefusedSubject {
  const { status, code } = REFUSALS[reason];
  return {
    at,
    reason,
    code,
    status,
    apiId,
    ...(credential !== undefined && {
      keyUUID: credential.keyUUID,
      owner: credential.owner,
      ...(credential.applicationId !== undefined && { applicationId: credential.applicationId }),
      ...(credential.subscription !== undefined && {
        subscriptionId: credential.subscription.subscriptionId,
      }),
    }),
  };
}

/** Keys that were made elsewhere can have any form: what holds the one that was presented is not shown at all. */
function shownReferrer(header: string, value: string | undefined): string {
  const url = readReferrer(header);
  if (url === undefined) return 'unreadable';
  const page = `${url.origin}${url.pathname}`;
  if (value !== undefined && holds(page, value)) return 'unreadable';
  return page.replace(POSSIBLE_SECRET, '…').slice(0, LONGEST_REFERRER);
}

function holds(page: string, value: string): boolean {
  const wanted = value.toLowerCase();
  return [page, decoded(page)].some((text) => text.toLowerCase().includes(wanted));
}

function decoded(page: string): string {
  try {
    return decodeURIComponent(page);
  } catch {
    return page;
  }
}
