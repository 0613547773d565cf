import { DETAILED_STYLES, type DetailedStyle } from '../core/decision/guard-context.ts';

/** A refusal as the authorizer told it: all that the answer needs. */
export interface Refusal {
  readonly style: DetailedStyle;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly description: string;
  readonly challenge?: string;
  readonly nextAccessEpochSeconds?: number;
}

/** What the authorizer's context says; `fields` is that context. */
export type GuardDecision =
  | { readonly kind: 'allow'; readonly fields: Fields }
  | { readonly kind: 'refuse'; readonly refusal: Refusal; readonly fields: Fields }
  | { readonly kind: 'unknown' };

type Fields = Readonly<Record<string, unknown>>;

const STATUSES: readonly number[] = [401, 403, 404, 429, 503];

/**
 * Reads the authorizer's decision out of an event of any kind. API Gateway alone writes the context: nothing that a
 * client sends can stand there. `unknown`: nobody decided, or what was decided cannot be understood.
 */
export function readDecision(event: unknown): GuardDecision {
  const fields = at(at(at(event, 'requestContext'), 'authorizer'), 'lambda');
  if (!isFields(fields)) return { kind: 'unknown' };
  switch (at(fields, 'decision')) {
    case 'allow':
      return { kind: 'allow', fields };
    case 'refuse': {
      const refusal = readRefusal(fields);
      return refusal === undefined ? { kind: 'unknown' } : { kind: 'refuse', refusal, fields };
    }
    default:
      return { kind: 'unknown' };
  }
}

/** A field that is a text. */
export function textOf(fields: Fields, name: string): string | undefined {
  const value = at(fields, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function readRefusal(fields: Fields): Refusal | undefined {
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

/** What `value` itself has under `name`, and not what it inherits. */
function at(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
