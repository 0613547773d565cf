import { z } from 'zod';
import { STATUS_CLASSES, statusClassOf, type StatusClass } from '../../core/usage/call-counts.ts';
import type { KeyType } from '../../core/decision/credential.ts';
import { RefusalItem } from '../../platform/dynamodb/items.ts';
import { Id } from '../../platform/http/schemas.ts';
import { parseJson } from '../../platform/parse-json.ts';
import type { LogEvent } from './read-batch.ts';

/** A call, as the access log of a protected API tells of it. */
export interface LoggedCall {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly environment: KeyType;
  readonly statusClass: StatusClass;
  readonly apiId: string;
  readonly sourceIp: string;
  /** Absent: the call was refused, or had nothing to do with a key. */
  readonly key: CallingKey | undefined;
}

/** The key of a call that was allowed. */
export interface CallingKey {
  readonly keyUUID: string;
  readonly applicationId: string | undefined;
  /** Which value of the key it was. */
  readonly valueIssuedOn: string;
}

/** Refused calls of one subject. */
export type RefusalCount = Readonly<z.infer<typeof RefusalCount>>;
const RefusalCount = RefusalItem.pick({ at: true, reason: true, apiId: true }).extend({
  keyUUID: Id.exactOptional(),
  applicationId: Id.exactOptional(),
  count: z.int().min(1).max(1_000_000_000),
});

/** What a batch of log says. */
export interface LoggedLines {
  readonly calls: readonly LoggedCall[];
  /** Refused calls that have lines of their own. */
  readonly refusals: readonly RefusalItem[];
  /** Refused calls that were only counted, beyond the caps. */
  readonly refusalCounts: readonly RefusalCount[];
  /** How many lines could not be understood. */
  readonly malformed: number;
}

/** The source of a log: the authorizer, or the gateway of an API. */
export type LogSource = 'authorizer' | { readonly apiId: string };

/** More than the formats of the access log and of refusals can have. */
const LONGEST_LINE = 8_192;

const LATEST_CLOCK_DIFFERENCE_MILLISECONDS = 5 * 60 * 1000;

const Digits = z.string().regex(/^\d{1,15}$/);
/** Later times are milliseconds: as seconds this is in the year 5138, as milliseconds in 1973. */
const LATEST_SECONDS = 100_000_000_000;
/** HTTP APIs log seconds, where REST APIs and events have milliseconds: both are understood. */
const RequestTime = Digits.transform((digits) =>
  Number(digits) < LATEST_SECONDS ? Number(digits) * 1000 : Number(digits),
);
/** An environment is a stage of its name. */
const ENVIRONMENTS = { production: 'PRODUCTION', sandbox: 'SANDBOX' } as const;

/** What stands where the authorizer had nothing to say. */
const NoApplication = z.literal('none').transform(() => undefined);
/** API Gateway writes `-` where it has no answer of the authorizer, which says `none` of a refused call. */
const NoKey = z.object({ keyUUID: z.enum(['-', 'none']) }).transform(() => undefined);
const Key = z.object({ keyUUID: Id, applicationId: Id.or(NoApplication), valueIssuedOn: Digits });

const AccessLine = z.object({
  type: z.literal('access'),
  time: RequestTime,
  stage: z.enum(['production', 'sandbox']).transform((stage) => ENVIRONMENTS[stage]),
  status: z
    .string()
    .regex(/^\d{3}$/)
    .transform((status) => statusClassOf(Number(status)))
    .pipe(z.enum(STATUS_CLASSES)),
  apiUUID: Id.exactOptional(),
  sourceIp: z.string().regex(/^[\da-fA-F.:]{2,64}$/),
});

const RefusalLine = RefusalItem.extend({
  type: z.literal('refusal'),
  requestId: z.string().min(1).max(128),
  at: z.int().min(0),
  keyUUID: Id.exactOptional(),
  applicationId: Id.exactOptional(),
});
const RefusalCountLine = RefusalCount.extend({
  type: z.literal('refusal'),
  at: z.int().min(0),
  requestId: z.undefined().optional(),
});

/**
 * Reads lines of the log of `source`, which alone says what they can be about: calls of this API, or refusals, which only
 * the authorizer tells of. A line that says otherwise is not understood. A time after that of the line itself is none that
 * a call can have. The present does not count: the same lines say the same whenever they are read.
 */
export function readLines(events: readonly LogEvent[], source: LogSource): LoggedLines {
  const calls: LoggedCall[] = [];
  const refusals: RefusalItem[] = [];
  const refusalCounts: RefusalCount[] = [];
  let malformed = 0;
  for (const { message, timestamp } of events) {
    const latest = timestamp + LATEST_CLOCK_DIFFERENCE_MILLISECONDS;
    const document = message.length > LONGEST_LINE ? undefined : parseJson(message);
    const call = source === 'authorizer' ? undefined : readCall(document, source.apiId);
    const refusal = source === 'authorizer' ? readRefusal(document) : undefined;
    const count = source === 'authorizer' ? RefusalCountLine.safeParse(document).data : undefined;
    if (call !== undefined && call.at <= latest) calls.push(call);
    else if (refusal !== undefined && refusal.at <= latest) refusals.push(refusal);
    else if (count !== undefined && count.at <= latest) refusalCounts.push(RefusalCount.parse(count));
    else malformed += 1;
  }
  return { calls, refusals, refusalCounts, malformed };
}

function readCall(document: unknown, apiId: string): LoggedCall | undefined {
  const { data: line } = AccessLine.safeParse(document);
  const key = z.union([NoKey, Key]).safeParse(document);
  if (line === undefined || !key.success) return undefined;
  const { time, stage, status, apiUUID = apiId, sourceIp } = line;
  if (apiUUID !== apiId) return undefined;
  return { at: time, environment: stage, statusClass: status, apiId, sourceIp, key: key.data };
}

function readRefusal(document: unknown): RefusalItem | undefined {
  const { data: line } = RefusalLine.safeParse(document);
  return line === undefined ? undefined : RefusalItem.parse(line);
}
