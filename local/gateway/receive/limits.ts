import type { HeaderEntry } from './http-message.ts';

/** Quota of HTTP APIs: 10 MB of request payload. */
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

/** Quota of HTTP APIs: the request line and all header values together. */
export const MAX_HEADER_BYTES = 10_240;

/** True when the request line and the header values are more than the quota. Texts hold one byte a character. */
export function exceedsHeaderLimit(
  method: string,
  target: string,
  protocol: string,
  headers: readonly HeaderEntry[],
): boolean {
  const line = method.length + target.length + protocol.length + 2;
  return headers.reduce((sum, [, value]) => sum + value.length, line) > MAX_HEADER_BYTES;
}
