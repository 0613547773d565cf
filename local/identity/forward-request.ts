import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Form } from './form.ts';

export interface ForwardedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly accept?: string | undefined;
  readonly cookie?: string | undefined;
  readonly authorization?: string | undefined;
  /** A form's parameters. */
  readonly form?: Form;
}

/**
 * A request as the library gets it: what this issuer has read and decided, and nothing else that came with it. The library
 * tells clients its own addresses from the request, so the request always names the issuer.
 */
export function forwardedRequest(issuer: string, request: ForwardedRequest): IncomingMessage {
  const { method, target, accept, cookie, authorization, form } = request;
  const { host, protocol } = new URL(issuer);
  const body = form === undefined ? undefined : Buffer.from(new URLSearchParams([...form]).toString());
  const forwarded = new IncomingMessage(new Socket());
  forwarded.method = method;
  forwarded.url = target;
  forwarded.headers = {
    host,
    'x-forwarded-proto': protocol.slice(0, -1),
    ...(accept !== undefined && { accept }),
    ...(cookie !== undefined && { cookie }),
    ...(authorization !== undefined && { authorization }),
    ...(body !== undefined && {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    }),
  };
  forwarded.complete = true;
  if (body !== undefined) forwarded.push(body);
  forwarded.push(null);
  return forwarded;
}
