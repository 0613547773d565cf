import { compileIpRule, matchIpRules, readClientAddress, type IpRule } from './ip-restriction.ts';

/** The headers in which an edge can name its client. */
export const CLIENT_ADDRESS_HEADERS = ['x-forwarded-for', 'cloudfront-viewer-address'] as const;
export type ClientAddressHeader = (typeof CLIENT_ADDRESS_HEADERS)[number];

/** The edges of a CDN, or proxies, that may name the address of their client. */
export interface TrustedProxies {
  /** The addresses that they call from. */
  readonly ranges: readonly IpRule[];
  readonly addressHeader: ClientAddressHeader;
  /** The header with a secret that only these edges know: the addresses of a CDN serve its other customers, too. */
  readonly proofHeader: string;
  /** SHA-256 of the secrets that are taken, in lower-case hexadecimal. */
  readonly proofDigests: readonly string[];
}

/** Names of the header with the proof. */
export const PROOF_HEADER = /^[a-z0-9-]{1,128}$/;
/** SHA-256 in lower-case hexadecimal. */
export const PROOF_DIGEST = /^[0-9a-f]{64}$/;

/**
 * Writes trusted edges for stage variables: `<address header>&<proof header>&<digests>&<ranges>`, of canonical ranges.
 * `readTrustedProxies` reads it.
 */
export function formatTrustedProxies(
  addressHeader: ClientAddressHeader,
  proofHeader: string,
  proofDigests: readonly string[],
  ranges: readonly string[],
): string {
  return [addressHeader, proofHeader, proofDigests.join(','), ranges.join(',')].join('&');
}

/** @throws Error for anything that `formatTrustedProxies` did not write: then nothing is known of clients. */
export function readTrustedProxies(text: string): TrustedProxies {
  const [header, proofHeader = '', digests = '', list = '', ...rest] = text.split('&');
  const addressHeader = CLIENT_ADDRESS_HEADERS.find((known) => known === header);
  const proofDigests = digests.split(',');
  if (
    addressHeader === undefined ||
    rest.length > 0 ||
    !PROOF_HEADER.test(proofHeader) ||
    !proofDigests.every((digest) => PROOF_DIGEST.test(digest)) ||
    list === ''
  ) {
    throw new Error('the stage variables do not name trusted proxies');
  }
  return { ranges: list.split(',').map(compileIpRule), addressHeader, proofHeader, proofDigests };
}

/** The parts of a request that say where its client is. */
export interface Peer {
  /** The TCP peer, as API Gateway saw it. */
  readonly address: string;
  /** By lower-case name. */
  readonly headers: Readonly<Partial<Record<string, string>>>;
  /** SHA-256 of a text, in lower-case hexadecimal. */
  readonly digest: (text: string) => string;
}

/**
 * The address of the client: what a trusted edge says, or else the TCP peer. An edge is trusted when it calls from one of
 * the named addresses and sends the secret; nothing that anybody else writes is looked at. `undefined`: the edge does not
 * say it, or what it says is no address; a restricted key is refused then.
 */
export function clientAddressOf(peer: Peer, proxies: TrustedProxies | undefined): string | undefined {
  if (proxies === undefined || !isTrustedPeer(peer, proxies)) return peer.address;
  const said = peer.headers[proxies.addressHeader];
  if (said === undefined) return undefined;
  return proxies.addressHeader === 'x-forwarded-for'
    ? lastForeignHop(said, proxies.ranges)
    : withoutPort(said);
}

function isTrustedPeer({ address, headers, digest }: Peer, proxies: TrustedProxies): boolean {
  const proof = headers[proxies.proofHeader];
  return (
    proof !== undefined && isWithin(address, proxies.ranges) && proxies.proofDigests.includes(digest(proof))
  );
}

/**
 * Hops are written from left to right: what trusted hops wrote stands right, what the client wrote itself left of its own
 * address. So the right-most hop that is not trusted is the client.
 */
function lastForeignHop(list: string, ranges: readonly IpRule[]): string | undefined {
  for (const hop of list.split(',').reverse()) {
    const address = hop.trim();
    if (readClientAddress(address) === undefined) return undefined;
    if (!isWithin(address, ranges)) return address;
  }
  return undefined;
}

/** `198.51.100.10:46532`, `2001:db8::1:46532` or `[2001:db8::1]:46532`, as CloudFront writes them. */
function withoutPort(text: string): string | undefined {
  const address = /^\[?([0-9a-f.:]+?)\]?:\d{1,5}$/i.exec(text.trim())?.[1];
  return readClientAddress(address) === undefined ? undefined : address;
}

function isWithin(text: string, ranges: readonly IpRule[]): boolean {
  const address = readClientAddress(text);
  return address !== undefined && matchIpRules(ranges, address);
}
