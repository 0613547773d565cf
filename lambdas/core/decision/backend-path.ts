/** Rounds of decoding, to see the path as a backend would that decodes again. */
const DECODINGS = 3;
/** Characters that no API path needs, and that servers read differently: C0 and C1 controls, DEL, backslash, `?`, `#`. */
const FORBIDDEN_CHARACTERS = /[\p{Cc}\\?#]/u;
/** A segment that climbs or stands still, whatever parameters a server cuts off it; or one that is parameters alone. */
const FORBIDDEN_SEGMENT = /(?:^|\/)(?:\.{1,2}(?:;[^/]*)?|;[^/]*)(?=\/|$)/;
/** An encoded slash or backslash hides where a segment ends. */
const ENCODED_SEPARATOR = /%(?:2f|5c)/i;

/**
 * Whether `path`, as API Gateway tells it (already decoded), must not reach a backend at a URL: a server, or a proxy
 * before it, could take it for another path than the route that was matched. Refused are `.` and `..` segments, also
 * with `;parameters`, slashes and backslashes that are still encoded, backslashes, `?`, `#` and control characters, at
 * each of the next decodings; and what is still encoded after those, or cannot be decoded.
 */
export function isForbiddenBackendPath(path: string): boolean {
  let text = path;
  for (let decoded = 0; ; decoded += 1) {
    if (FORBIDDEN_CHARACTERS.test(text) || FORBIDDEN_SEGMENT.test(text)) return true;
    if (!text.includes('%')) return false;
    if (decoded === DECODINGS || ENCODED_SEPARATOR.test(text)) return true;
    try {
      text = decodeURIComponent(text);
    } catch {
      return true;
    }
  }
}
