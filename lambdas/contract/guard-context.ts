import type { Refusal, RefusalReason } from '../core/refusals/refusal.ts';
import { DETAILED_STYLES, type DetailedStyle } from '../core/refusals/refusal-style.ts';

/** Values of the header fields `RateLimit` and `RateLimit-Policy`; absent where nothing limits. */
export interface RateLimitFields {
  readonly rateLimit?: string;
  readonly rateLimitPolicy?: string;
}

/** All that the answer to a refused call needs: the guard is bundled with a backend, and may be older than the authorizer. */
export interface ToldRefusal {
  readonly style: DetailedStyle;
  readonly status: Refusal['status'];
  readonly code: string;
  readonly message: string;
  readonly description: string;
  /** Value of `WWW-Authenticate`, with status 401. */
  readonly challenge?: string;
  /** When it makes sense to call again, where that is known. */
  readonly nextAccessEpochSeconds?: number;
}

/** The authorizer's fields for the guard about an allowed call, beside the `Grant`. Every value is a text. */
export interface AllowedContext extends RateLimitFields {
  readonly decision: 'allow';
}

/** Its fields about a refused call, which API Gateway lets pass for the guard to answer. Every value is a text. */
export interface RefusedContext extends RateLimitFields {
  readonly decision: 'refuse';
  readonly style: DetailedStyle;
  readonly reason: RefusalReason;
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly description: string;
  readonly challenge?: string;
  readonly nextAccess?: string;
}

/** The fields of both, by name. */
export const GUARD_FIELDS = [
  'decision',
  'rateLimit',
  'rateLimitPolicy',
  'style',
  'reason',
  'status',
  'code',
  'message',
  'description',
  'challenge',
  'nextAccess',
] as const satisfies readonly (keyof AllowedContext | keyof RefusedContext)[];

export function writeAllowed(limits: RateLimitFields): AllowedContext {
  return { decision: 'allow', ...limits };
}

/** `reason` is for the access log and for people: the guard does not look at it. */
export function writeRefused(
  { status, nextAccessEpochSeconds, ...texts }: ToldRefusal,
  reason: RefusalReason,
  limits: RateLimitFields,
): RefusedContext {
  return {
    ...texts,
    ...limits,
    decision: 'refuse',
    reason,
    status: String(status),
    ...(nextAccessEpochSeconds !== undefined && { nextAccess: String(nextAccessEpochSeconds) }),
  };
}

/** The authorizer's decision as the guard finds it; `fields`: the context that it stands in. */
export type ToldDecision =
  | { readonly kind: 'allow'; readonly limits: RateLimitFields; readonly fields: Fields }
  | {
      readonly kind: 'refuse';
      readonly refusal: ToldRefusal;
      readonly limits: RateLimitFields;
      readonly fields: Fields;
    }
  | { readonly kind: 'unknown' };

type Fields = Readonly<Record<string, unknown>>;

/** Held equal to the statuses of refusals by the type: a status that is missing here would become a 500. */
const STATUSES = Object.values({
  401: 401,
  403: 403,
  404: 404,
  429: 429,
  503: 503,
} as const satisfies { readonly [Status in Refusal['status']]: Status });

/**
 * Reads the authorizer's decision out of an event of any kind. API Gateway alone writes the context: nothing that a
 * client sends can stand there. `unknown`: nobody decided, or what was decided cannot be understood.
 */
export function readDecision(event: unknown): ToldDecision {
  const fields = at(at(at(event, 'requestContext'), 'authorizer'), 'lambda');
  if (!isFields(fields)) return { kind: 'unknown' };
  switch (at(fields, 'decision')) {
    case 'allow':
      return { kind: 'allow', limits: readLimits(fields), fields };
    case 'refuse': {
      const refusal = readRefusal(fields);
      return refusal === undefined
        ? { kind: 'unknown' }
        : { kind: 'refuse', refusal, limits: readLimits(fields), fields };
    }
    default:
      return { kind: 'unknown' };
  }
}

function readLimits(fields: Fields): RateLimitFields {
  const rateLimit = textOf(fields, 'rateLimit');
  const rateLimitPolicy = textOf(fields, 'rateLimitPolicy');
  return {
    ...(rateLimit !== undefined && { rateLimit }),
    ...(rateLimitPolicy !== undefined && { rateLimitPolicy }),
  };
}

function readRefusal(fields: Fields): ToldRefusal | undefined {
  const style = DETAILED_STYLES.find((known) => known === at(fields, 'style'));
  const status = STATUSES.find((known) => String(known) === at(fields, 'status'));
  const code = textOf(fields, 'code');
  const message = textOf(fields, 'message');
  const description = textOf(fields, 'description');
  if (!style || !status || !code || !/^\d{1,9}$/.test(code) || !message || !description) return undefined;
  const challenge = textOf(fields, 'challenge');
  const nextAccess = textOf(fields, 'nextAccess');
  return {
    style,
    status,
    code,
    message,
    description,
    ...(challenge !== undefined && { challenge }),
    ...(nextAccess !== undefined &&
      /^\d{1,11}$/.test(nextAccess) && { nextAccessEpochSeconds: Number(nextAccess) }),
  };
}

/** A field that is a text. */
function textOf(fields: Fields, name: (typeof GUARD_FIELDS)[number]): string | undefined {
  const value = at(fields, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What `value` itself has under `name`, and not what it inherits. */
function at(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
