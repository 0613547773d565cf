/**
 * A text as a line of log can hold it whose values nobody escapes: letters, digits and `-._:@/+=` stay, every other
 * character is percent-encoded (UTF-8). `decodeURIComponent` reads it back, lone surrogates aside.
 */
export function encodeForLog(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\w.:@/+=-]+/g, (unsafe) =>
      Array.from(
        new TextEncoder().encode(unsafe),
        (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      ).join(''),
    );
}
