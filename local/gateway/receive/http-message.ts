import type { Buffer } from 'node:buffer';

/** One header line; the name is lower-case in everything that this folder builds. */
export type HeaderEntry = readonly [name: string, value: string];

/** A request as it came over the wire, before anything is decided about it. */
export interface HttpRequest {
  readonly method: string;
  /** The request target, undecoded: `/menu?x=1`. */
  readonly target: string;
  /** `HTTP/1.1` */
  readonly protocol: string;
  readonly headers: readonly HeaderEntry[];
  readonly body: Buffer;
  /** The TCP peer as the socket names it; may be a v4-mapped IPv6 address. */
  readonly peerAddress: string;
  readonly scheme: 'http' | 'https';
  /** The port that the client connected to. */
  readonly port: number;
}

/** A response before it is written; repeated names become repeated header lines. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly HeaderEntry[];
  readonly body: Buffer;
}

/** All values of a header joined by a comma without a space, as API Gateway joins them; undefined when absent. */
export function joinedHeader(headers: readonly HeaderEntry[], name: string): string | undefined {
  const values = headers.filter(([key]) => key === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

/** Lower-case names, in the order of their first appearance, to comma-joined values. */
export function joinHeaders(headers: readonly HeaderEntry[]): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}
