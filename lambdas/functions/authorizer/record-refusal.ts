import type { Call, Refused } from '../../core/decision/decide-access.ts';
import {
  REFUSAL_COUNT_DELAY_SECONDS,
  refusalCaps,
  refusalScope,
  type RefusalSubject,
} from '../../core/refusals/refusal-caps.ts';
import { hourOf } from '../../core/general/utc.ts';
import type { Log } from '../../platform/log.ts';
import type { PresentedCall } from './read-call.ts';
import { refusalCountLine, refusalLine } from './refusal-line.ts';

/** A call that was refused. */
export interface RefusedCall {
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly presented: Pick<PresentedCall, 'call' | 'value'>;
  readonly refused: Refused;
}

/** Tells of a refused call. @returns whether it wrote a line of its own: otherwise the call is only counted. */
export type RecordRefusal = (call: RefusedCall) => boolean;

/** What one instance has logged about one subject in an hour. */
interface Tally {
  readonly hour: string;
  /** Calls told of: in lines of their own, and in counts. */
  told: number;
  /** Lines of their own. */
  lines: number;
  /** Calls that no line tells of yet, and the newest of them. */
  untold: number;
  newest: Newest;
}

/** The fields of a call that a line about several calls has: not the value that it presented. */
interface Newest {
  readonly at: number;
  readonly call: Call;
  readonly refused: Refused;
}

/** Subjects that one instance keeps in mind; when there are more, those that are new are told of by no line. */
const REMEMBERED_SUBJECTS = 10_000;

/**
 * Writes a line about each refused call until the cap of its subject is reached, and from then on counts: the counts
 * come as one line when they are a minute old, or as large as all that was told before. So a flood writes lines by the
 * logarithm of its size and by the minute, and what an instance takes with it when it ends unasked is at most half.
 */
export function refusalRecorder(log: Log): RecordRefusal {
  const tallies = new Map<string, Tally>();
  let openSince: number | undefined;
  let sweptHour: string | undefined;

  const tallyOf = (call: RefusedCall): Tally | undefined => {
    const scope = refusalScope(subjectOf(call));
    const hour = hourOf(call.at);
    const before = tallies.get(scope);
    if (before?.hour === hour) return before;
    if (before !== undefined) {
      tell(log, before);
    } else if (tallies.size >= REMEMBERED_SUBJECTS && sweptHour !== hour) {
      sweptHour = hour;
      forgetHoursBefore(tallies, hour, log);
    }
    if (before === undefined && tallies.size >= REMEMBERED_SUBJECTS) return undefined;
    const tally: Tally = { hour, told: 0, lines: 0, untold: 0, newest: newestOf(call) };
    tallies.set(scope, tally);
    return tally;
  };

  return (refusedCall) => {
    const { requestId, at, presented, refused } = refusedCall;
    if (openSince !== undefined && isOld(at - openSince)) {
      for (const tally of tallies.values()) tell(log, tally);
      openSince = undefined;
    }
    const tally = tallyOf(refusedCall);
    if (tally === undefined) return false;
    if (tally.lines < refusalCaps(subjectOf(refusedCall)).linesOfAnInstance) {
      tally.lines += 1;
      tally.told += 1;
      log({ ...refusalLine(requestId, at, presented, refused) });
      return true;
    }
    tally.untold += 1;
    tally.newest = newestOf(refusedCall);
    if (tally.untold >= tally.told) tell(log, tally);
    else openSince ??= at;
    return false;
  };
}

function forgetHoursBefore(tallies: Map<string, Tally>, hour: string, log: Log): void {
  for (const [scope, tally] of tallies) {
    if (tally.hour === hour) continue;
    tell(log, tally);
    tallies.delete(scope);
  }
}

function tell(log: Log, tally: Tally): void {
  if (tally.untold === 0) return;
  const { at, call, refused } = tally.newest;
  log({ ...refusalCountLine(at, call, refused, tally.untold) });
  tally.told += tally.untold;
  tally.untold = 0;
}

function newestOf({ at, presented: { call }, refused }: RefusedCall): Newest {
  return { at, call, refused };
}

function subjectOf({ presented, refused }: RefusedCall): RefusalSubject {
  return { apiId: presented.call.apiId, reason: refused.reason, keyUUID: refused.credential?.keyUUID };
}

/** A clock that was set back makes an age negative: that counts as old, too. */
function isOld(ageMilliseconds: number): boolean {
  return ageMilliseconds < 0 || ageMilliseconds >= REFUSAL_COUNT_DELAY_SECONDS * 1_000;
}
