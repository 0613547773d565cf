/** The URL that `text` is, without an exception when it is none. (`URL.parse` needs Node.js 22.) */
export function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}
