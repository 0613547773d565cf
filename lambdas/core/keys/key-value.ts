import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { KEY_AFTER_PREFIX } from './key-form.ts';

/**
 * The value of an API key: `<product>_<environment>_<43 base62 characters>_<6 base62 characters>`, for example
 * `kb_prod_…_…`. The 43 characters hold 256 random bits. The last six are the CRC-32 of all before them, so
 * that the authorizer, a secret scanner or a client tells junk from a key without a look-up. Only letters,
 * digits and underscores: a double click selects it all, and it needs no escaping in a URL or a shell.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
/** Of each type of key; a type that is missing here does not compile where keys are made. */
const ENVIRONMENT_WORDS = { PRODUCTION: 'prod', SANDBOX: 'sandbox' } as const;

/** A product prefix: what the first part of a key may be. */
export const KEY_PREFIX = /^[a-z][a-z0-9]{0,15}$/;
/** Keybound's own form, whatever its checksum. */
const WELL_FORMED = /^([a-z][a-z0-9]{0,15}_(?:prod|sandbox)_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** Makes a new key value for `prefix` (see `KEY_PREFIX`) and the environment that `keyType` names. */
export function createKeyValue(prefix: string, keyType: keyof typeof ENVIRONMENT_WORDS): string {
  const body = `${prefix}_${ENVIRONMENT_WORDS[keyType]}_${randomBase62(SECRET_LENGTH)}`;
  return `${body}_${checksumOf(body)}`;
}

/**
 * Whether `value` has the form of a key and its checksum holds. Says nothing about whether the key exists. Any
 * product prefix passes, so that keys go on working when a deployment changes its own.
 */
export function isWellFormedKeyValue(value: string): boolean {
  const match = WELL_FORMED.exec(value);
  return match?.[1] !== undefined && checksumOf(match[1]) === match[2];
}

const LONGEST_PREFIX = 16;

/**
 * Whether the value of a key stands anywhere in a text, with a checksum that holds. Where a text is stored, shown or
 * sent on, such a value would outlive its secrecy.
 */
export function holdsKeyValue(text: string): boolean {
  // One after the other, not `matchAll`: what looks like the checksum of one can be the prefix of the next.
  const rest = new RegExp(KEY_AFTER_PREFIX, 'g');
  for (let match = rest.exec(text); match !== null; match = rest.exec(text)) {
    const [before] = /[a-z0-9]*$/.exec(
      text.slice(Math.max(0, match.index - LONGEST_PREFIX), match.index),
    ) ?? [''];
    for (let length = 1; length <= before.length; length += 1) {
      if (isWellFormedKeyValue(before.slice(-length) + match[0])) return true;
    }
    rest.lastIndex = match.index + 1;
  }
  return false;
}

/** Visible ASCII but commas, which join repeated headers; API Gateway's own keys have 20 to 128 characters. */
const IMPORTABLE = /^[\x21-\x2b\x2d-\x7e]{20,255}$/;
/** Whether `value` may be a key that was made elsewhere. What has Keybound's own form is none: it is right or wrong. */
export function isImportableKeyValue(value: string): boolean {
  return IMPORTABLE.test(value) && !WELL_FORMED.test(value);
}

/** The SHA-256 of a value, which is stored in its place: 64 lower-case hexadecimal characters. */
export function digestKeyValue(value: string): string {
  return hash('sha256', value, 'hex');
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let index = 0; index < CHECKSUM_LENGTH; index += 1) {
    text = ALPHABET.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 = 4 × 62: bytes above it are dropped, or the first characters would be more likely than the last.
      if (byte < 248 && text.length < length) text += ALPHABET.charAt(byte % 62);
    }
  }
  return text;
}
