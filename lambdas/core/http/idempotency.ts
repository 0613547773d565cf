import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Fault } from './fault.ts';

/** How long an answer can be had again. */
export const IDEMPOTENCY_SECONDS = 24 * 60 * 60;

/** A request that carries an `Idempotency-Key`. */
export interface IdempotentRequest {
  /** At least 128 random bits; it opens the stored answer and is stored nowhere. */
  readonly key: string;
  /** Everything that makes two requests the same: operation, path parameters, query and body. */
  readonly content: unknown;
}

/** The stored form of a request that was carried out: without its `Idempotency-Key` it reveals nothing. */
export interface SealedAnswer {
  readonly fingerprint: string;
  readonly sealed: string;
}

/** A UUID, or as much randomness in another notation. The quotes are those of a structured header field. */
const IDEMPOTENCY_KEY = /^("?)([A-Za-z0-9_-]{22,128})\1$/;

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** @throws Fault `bad_request` for a key that could be guessed. */
export function readIdempotencyKey(header: string): string {
  const [, , key] = IDEMPOTENCY_KEY.exec(header.trim()) ?? [];
  if (key === undefined) {
    throw new Fault(
      'bad_request',
      'The Idempotency-Key protects your stored answer: send a random one for each operation, such as a UUID.',
      {
        problems: [
          { field: 'Idempotency-Key', message: 'must be a UUID, or 22 to 128 characters of A-Z a-z 0-9 _ -' },
        ],
      },
    );
  }
  return key;
}

/** The key under which the stored answer is found. */
export function digestIdempotencyKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** @param owner whose request it is: equal keys of two owners have nothing in common. */
export function sealAnswer(
  owner: string,
  { key, content }: IdempotentRequest,
  answer: unknown,
): SealedAnswer {
  const fingerprint = fingerprintOf(owner, key, content);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, deriveKey(owner, key, 'answer'), nonce).setAAD(
    Buffer.from(fingerprint),
  );
  const text = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
  return { fingerprint, sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64') };
}

/**
 * The answer to the same request.
 * @throws Fault `unprocessable` when the key was used for another request; Error when the item was tampered with.
 */
export function openAnswer(
  owner: string,
  { key, content }: IdempotentRequest,
  { fingerprint, sealed }: SealedAnswer,
): unknown {
  if (fingerprintOf(owner, key, content) !== fingerprint) {
    throw new Fault(
      'unprocessable',
      'This Idempotency-Key was used for another request. Send a new one; nothing was changed.',
    );
  }
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, deriveKey(owner, key, 'answer'), nonce, {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(fingerprint))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  const answer: unknown = JSON.parse(text.toString('utf8'));
  return answer;
}

/** Keyed, since a body may hold a secret that a plain digest would let one guess. */
function fingerprintOf(owner: string, key: string, content: unknown): string {
  return createHmac('sha256', deriveKey(owner, key, 'request'))
    .update(canonicalJson(content))
    .digest('hex');
}

function deriveKey(owner: string, key: string, purpose: 'answer' | 'request'): Buffer {
  return Buffer.from(hkdfSync('sha256', key, owner, `keybound idempotency ${purpose}`, KEY_BYTES));
}

/** JSON in which the order of members does not count. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
