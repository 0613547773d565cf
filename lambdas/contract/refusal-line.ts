import type { KeyType } from '../core/decision/credential.ts';
import type { RefusalReason } from '../core/refusals/refusal.ts';
import { REFUSAL_LINE } from './log-types.ts';

/** A refused call, as a line of the authorizer's log tells of it. */
export interface LoggedRefusal extends RefusedSubject {
  readonly requestId: string;
  readonly environment: KeyType;
  readonly sourceIp?: string;
  /** Origin and path alone. */
  readonly referrer?: string;
  /** Of a limit: its policy, and when its next window begins (seconds since the epoch). */
  readonly policy?: string;
  readonly nextAccessAt?: number;
}

/** What the lines about one refused call and about a number of them have in common. */
export interface RefusedSubject {
  /** Milliseconds since the epoch; of several calls, the newest. */
  readonly at: number;
  readonly reason: RefusalReason;
  readonly code: string;
  /** The exact status; what API Gateway answered is 401 or 403 unless a guard answers. */
  readonly status: number;
  readonly apiId: string;
  /** Of a known key, with its owner. */
  readonly keyUUID?: string;
  readonly owner?: string;
  readonly applicationId?: string;
  readonly subscriptionId?: string;
}

/** Refused calls of one subject that have no lines of their own: what is counted of them. */
export type LoggedRefusals = Pick<RefusedSubject, 'at' | 'reason' | 'apiId' | 'keyUUID' | 'applicationId'> & {
  readonly count: number;
};

/** A line of the authorizer's log about refused calls. The metrics of refusals add up `count`, by `reason`. */
export type RefusalLine<Refused extends RefusedSubject> = Refused & {
  readonly level: 'INFO';
  readonly type: typeof REFUSAL_LINE;
  readonly count: number;
};

/** Which lines of the authorizer are handed on. A filter pattern of CloudWatch Logs. */
export const REFUSAL_LINES = `{ $.type = "${REFUSAL_LINE}" }`;

/** `readRefusal` reads it. */
export function writeRefusal(refusal: LoggedRefusal): RefusalLine<LoggedRefusal> {
  return { level: 'INFO', type: REFUSAL_LINE, ...refusal, count: 1 };
}

/** `readRefusals` reads it; the rest of the subject is for people. */
export function writeRefusals(subject: RefusedSubject, count: number): RefusalLine<RefusedSubject> {
  return { level: 'INFO', type: REFUSAL_LINE, ...subject, count };
}
