import { readAccessLine, type LoggedCall } from '../../contract/access-line.ts';
import { readRefusal, readRefusals } from '../../contract/read-refusal-line.ts';
import type { LoggedRefusal, LoggedRefusals } from '../../contract/refusal-line.ts';
import { parseJson } from '../../platform/parse-json.ts';
import type { LogEvent } from './read-batch.ts';

/** What a batch of log says. */
export interface LoggedLines {
  readonly calls: readonly LoggedCall[];
  /** Refused calls that have lines of their own. */
  readonly refusals: readonly LoggedRefusal[];
  /** Refused calls that were only counted, beyond the caps. */
  readonly refusalCounts: readonly LoggedRefusals[];
  /** How many lines could not be understood. */
  readonly malformed: number;
}

/** The source of a log: the authorizer, or the gateway of an API. */
export type LogSource = 'authorizer' | { readonly apiId: string };

/** More than the formats of the access log and of refusals can have. */
const LONGEST_LINE = 8_192;

const LATEST_CLOCK_DIFFERENCE_MILLISECONDS = 5 * 60 * 1000;

/**
 * Reads lines of the log of `source`, which alone says what they can be about: calls of this API, or refusals, which only
 * the authorizer tells of. A line that says otherwise is not understood. A time after that of the line itself is none that
 * a call can have. The present does not count: the same lines say the same whenever they are read.
 */
export function readLines(events: readonly LogEvent[], source: LogSource): LoggedLines {
  const calls: LoggedCall[] = [];
  const refusals: LoggedRefusal[] = [];
  const refusalCounts: LoggedRefusals[] = [];
  let malformed = 0;
  for (const { message, timestamp } of events) {
    const latest = timestamp + LATEST_CLOCK_DIFFERENCE_MILLISECONDS;
    const document = message.length > LONGEST_LINE ? undefined : parseJson(message);
    const call = source === 'authorizer' ? undefined : readAccessLine(document, source.apiId);
    const refusal = source === 'authorizer' ? readRefusal(document) : undefined;
    const count = source === 'authorizer' ? readRefusals(document) : undefined;
    if (call !== undefined && call.at <= latest) calls.push(call);
    else if (refusal !== undefined && refusal.at <= latest) refusals.push(refusal);
    else if (count !== undefined && count.at <= latest) refusalCounts.push(count);
    else malformed += 1;
  }
  return { calls, refusals, refusalCounts, malformed };
}
