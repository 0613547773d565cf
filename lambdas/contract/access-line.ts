import { z } from 'zod';
import { KEY_TYPES, type KeyType } from '../core/decision/credential.ts';
import { STAGE_NAMES } from '../core/decision/environment.ts';
import { UUID } from '../core/general/uuid.ts';
import { STATUS_CLASSES, statusClassOf, type StatusClass } from '../core/usage/call-counts.ts';
import type { Grant } from './grant.ts';
import { ACCESS_LINE } from './log-types.ts';

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

/**
 * The authorizer's fields for an allowed call, by their names in the access log. AWS puts values into a line as they are: a
 * quotation mark would make the line unreadable, and its call uncounted. So what people name freely stands there encoded,
 * and the key's name not at all.
 */
export const LOGGED_FIELDS = {
  keyUUID: 'keyUUID',
  keyType: 'keyType',
  owner: 'ownerInLog',
  applicationId: 'applicationId',
  subscriptionId: 'subscriptionId',
  subscriptionPolicy: 'policyInLog',
  valueIssuedOn: 'valueIssuedOn',
  limits: 'limits',
} as const satisfies Readonly<Record<string, keyof Grant>>;

/** Which lines are counted: every call, refused ones included. A filter pattern of CloudWatch Logs. */
export const ACCESS_LINES = `{ $.type = "${ACCESS_LINE}" }`;

/**
 * The template of one line of access log: JSON. `more`: fields beside those that every API logs, before them. What usage
 * is counted from must hold nothing that clients or developers choose freely: see `LOGGED_FIELDS`. Nor an error's text, which
 * can quote anything: the authorizer logs its own with the request's id. What API Gateway says of errors itself is fixed.
 * `stage`: what lines say of the stage, by which calls are counted for an environment.
 */
export function accessLogFormat(more: Readonly<Record<string, string>>, stage = '$context.stage'): string {
  return JSON.stringify({
    ...more,
    type: ACCESS_LINE,
    requestId: '$context.requestId',
    time: '$context.requestTimeEpoch',
    apiId: '$context.apiId',
    stage,
    routeKey: '$context.routeKey',
    method: '$context.httpMethod',
    status: '$context.status',
    sourceIp: '$context.identity.sourceIp',
    responseLength: '$context.responseLength',
    responseLatency: '$context.responseLatency',
    integrationLatency: '$context.integrationLatency',
    error: '$context.error.message',
  });
}

/**
 * The same for the protected API with Keybound's id `apiUUID`: API Gateway's own does not outlive the gateway. It has
 * nothing that a client could put a key into: not the path, but the key of its route.
 */
export function protectedAccessLogFormat(apiUUID: string, stage?: string): string {
  const fields: Record<string, string> = {};
  for (const [name, field] of Object.entries(LOGGED_FIELDS)) fields[name] = `$context.authorizer.${field}`;
  return accessLogFormat({ ...fields, apiUUID }, stage);
}

const Id = z.string().regex(UUID);
const Digits = z.string().regex(/^\d{1,15}$/);
/** Later times are milliseconds: as seconds this is in the year 5138, as milliseconds in 1973. */
const LATEST_SECONDS = 100_000_000_000;
/** HTTP APIs log seconds, where REST APIs and events have milliseconds: both are understood. */
const RequestTime = Digits.transform((digits) =>
  Number(digits) < LATEST_SECONDS ? Number(digits) * 1000 : Number(digits),
);
const Environment = z.string().transform((stage) => KEY_TYPES.find((type) => STAGE_NAMES[type] === stage));

/** What stands where the authorizer had nothing to say. */
const NoApplication = z.literal('none').transform(() => undefined);
/** API Gateway writes `-` where it has no answer of the authorizer, which says `none` of a refused call. */
const NoKey = z.object({ keyUUID: z.enum(['-', 'none']) }).transform(() => undefined);
const Key = z.object({ keyUUID: Id, applicationId: Id.or(NoApplication), valueIssuedOn: Digits });
const KeyOfCall = z.union([NoKey, Key]);

const AccessLine = z.object({
  type: z.literal(ACCESS_LINE),
  time: RequestTime,
  stage: Environment.pipe(z.enum(KEY_TYPES)),
  status: z
    .string()
    .regex(/^\d{3}$/)
    .transform((status) => statusClassOf(Number(status)))
    .pipe(z.enum(STATUS_CLASSES)),
  apiUUID: Id.exactOptional(),
  sourceIp: z.string().regex(/^[\da-fA-F.:]{2,64}$/),
});

/**
 * Reads a line of the access log of the protected API `apiId`, parsed from JSON. The owner and the plan stand there for
 * people: what is counted of them, the table says.
 * @returns undefined for what is no line of this API.
 */
export function readAccessLine(line: unknown, apiId: string): LoggedCall | undefined {
  const { data: access } = AccessLine.safeParse(line);
  const key = KeyOfCall.safeParse(line);
  if (access === undefined || !key.success) return undefined;
  const { time, stage, status, apiUUID = apiId, sourceIp } = access;
  if (apiUUID !== apiId) return undefined;
  return { at: time, environment: stage, statusClass: status, apiId, sourceIp, key: key.data };
}
