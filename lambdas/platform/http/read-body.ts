import { Fault } from '../../core/fault.ts';

/** Most bytes of a request body. */
export const MAX_BODY_BYTES = 64 * 1024;

interface BodyOfEvent {
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * The JSON value of a body.
 * @throws Fault `bad_request` (missing, not JSON, not UTF-8), `too_large`, `unsupported_media_type`.
 */
export function readJsonBody({ body, isBase64Encoded, headers }: BodyOfEvent): unknown {
  if (body === undefined || body === '') {
    throw new Fault('bad_request', 'The request needs a JSON body.');
  }
  const contentType = headers['content-type'];
  if (contentType !== undefined && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType)) {
    throw new Fault('unsupported_media_type', 'Send the body as application/json.');
  }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new Fault('too_large', `The body has ${bytes.length} bytes; at most ${MAX_BODY_BYTES} are read.`);
  }
  const text = decodeUtf8(bytes);
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // The parser's own message quotes the body, which may hold a secret.
    throw new Fault('bad_request', 'The body is not valid JSON.');
  }
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Fault('bad_request', 'The body is not valid UTF-8.');
  }
}
