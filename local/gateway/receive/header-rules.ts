const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-location',
  'forwarded',
  'keep-alive',
  'origin',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

const RESERVED_PREFIXES = ['access-control-', 'apigw-', 'x-amz-', 'x-amzn-'] as const;

/** True for a lower-case name that concerns one connection and is never passed on (RFC 9110, 7.6.1). */
export function isConnectionHeader(name: string): boolean {
  return CONNECTION_HEADERS.has(name);
}

/** True for a lower-case name that parameter mapping may not touch (AWS: "Transform API requests and responses"). */
export function isReservedHeader(name: string): boolean {
  return RESERVED_HEADERS.has(name) || RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** Header text that can be written to a socket: control characters are dropped, other characters become UTF-8 bytes. */
export function wireHeaderValue(value: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what has to go
  const printable = value.replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '');
  return Buffer.from(printable, 'utf8').toString('latin1');
}

/** Header text from a socket: bytes that are UTF-8 are read as such, others stay as they came. */
export function readHeaderValue(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : value;
}
