import type { Buffer } from 'node:buffer';
import { isUtf8 } from 'node:buffer';
import type { HeaderEntry } from '../receive/http-message.ts';
import { joinedHeader } from '../receive/http-message.ts';

/** The body of an event; `body` is undefined when the request had none. */
export interface EventBody {
  readonly body: string | undefined;
  readonly isBase64Encoded: boolean;
}

const TEXT_TYPES = /^\s*(?:text\/|application\/(?:json|xml|javascript)|[^;]+\+(?:json|xml)\s*(?:;|$))/i;

/**
 * Text types travel as text, everything else (forms included) as base64. A body without content type is text.
 * Bytes that are not UTF-8 are never text, so nothing is lost.
 */
export function eventBody(headers: readonly HeaderEntry[], body: Buffer): EventBody {
  if (body.length === 0) return { body: undefined, isBase64Encoded: false };
  const type = joinedHeader(headers, 'content-type');
  const compressed = joinedHeader(headers, 'content-encoding') !== undefined;
  const text = !compressed && (type === undefined || TEXT_TYPES.test(type)) && isUtf8(body);
  return text
    ? { body: body.toString('utf8'), isBase64Encoded: false }
    : { body: body.toString('base64'), isBase64Encoded: true };
}
