import { Fault } from '../../core/http/fault.ts';
import { hasRepeatedNames } from './repeated-names.ts';

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
  refuseOtherKinds(headers);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new Fault('too_large', `The body has ${bytes.length} bytes; at most ${MAX_BODY_BYTES} are read.`);
  }
  const text = decodeUtf8(bytes);
  const value = parse(text);
  if (hasRepeatedNames(text)) {
    throw new Fault('bad_request', 'The body names a field twice in one object.');
  }
  return value;
}

function refuseOtherKinds(headers: BodyOfEvent['headers']): void {
  const type = headers['content-type'];
  if (type !== undefined && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new Fault('unsupported_media_type', 'Send the body as application/json.');
  }
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type ?? '')?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw new Fault('unsupported_media_type', 'Send the body in UTF-8.');
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity') {
    throw new Fault('unsupported_media_type', 'Send the body uncompressed, without Content-Encoding.');
  }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text, refusePrototype);
    return value;
  } catch (error) {
    if (error instanceof Fault) throw error;
    // The parser's own message quotes the body, which may hold a secret.
    throw new Fault('bad_request', 'The body is not valid JSON.');
  }
}

/** Where fields can have any name, zod leaves this one out in silence, and other code would change a prototype by it. */
function refusePrototype(name: string, value: unknown): unknown {
  if (name === '__proto__') throw new Fault('bad_request', 'The body has a field named __proto__.');
  return value;
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Fault('bad_request', 'The body is not valid UTF-8.');
  }
}
