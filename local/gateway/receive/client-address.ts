import ipaddr from 'ipaddr.js';

/**
 * The address of a client in one spelling: v4-mapped IPv6 addresses become IPv4, IPv6 is shortened.
 * What is not an address is passed on unchanged, because `requestContext.http.sourceIp` must say what came.
 */
export function normalizeAddress(address: string): string {
  const trimmed = address.trim();
  return ipaddr.isValid(trimmed) ? ipaddr.process(trimmed).toString() : trimmed;
}
