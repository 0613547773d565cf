import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { readRuleList, type RuleListReading, type RuleReading } from './rule-list.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A rule ready to match: a network and the number of its leading bits that count. */
export interface IpRule {
  readonly network: Address;
  readonly prefixLength: number;
}

const HIGHEST_PREFIX = { ipv4: 32, ipv6: 128 } as const;
const V4_MAPPED_BITS = 96;
const COMPATIBLE = 'is an IPv6 address that no client has; write the IPv4 address without the colons';

/**
 * Reads `permittedIP` as it is written: comma-separated addresses and CIDR ranges of either family.
 * Canonical rules: `192.168.1.0/24` (host bits cleared), `2001:c00::/23`, `152.23.5.6`; an IPv4-mapped IPv6
 * entry becomes IPv4.
 */
export function readIpRestriction(text: string): RuleListReading {
  return readRuleList(text, readIpRule);
}

function readIpRule(entry: string): RuleReading {
  const slash = entry.indexOf('/');
  const address = parseAddress(slash === -1 ? entry : entry.slice(0, slash));
  if (address === undefined) {
    return { ok: false, problem: 'not an IPv4 or IPv6 address, nor a range in CIDR notation' };
  }
  const highest = HIGHEST_PREFIX[address.kind()];
  const compatible = isIPv4Compatible(entry) && { warning: COMPATIBLE };
  if (slash === -1) return { ok: true, rule: normalise(address).toString(), ...compatible };

  const length = entry.slice(slash + 1);
  // `031` is 31 to some readers and 25, as an octal number, to others.
  if (!/^(?:0|[1-9]\d{0,2})$/.test(length) || Number(length) > highest) {
    return {
      ok: false,
      problem: `the number after the slash must be 0 to ${highest}, without leading zeros`,
    };
  }
  const mapped = address instanceof ipaddr.IPv6 && isIPv4Mapped(address);
  if (mapped && Number(length) < V4_MAPPED_BITS) {
    return {
      ok: false,
      problem: 'a range of IPv4-mapped addresses needs a length of 96 or more; write it as IPv4',
    };
  }
  const prefixLength = mapped ? Number(length) - V4_MAPPED_BITS : Number(length);
  const canonical = normalise(address);
  const network = maskHostBits(canonical, prefixLength);
  const whole = prefixLength === HIGHEST_PREFIX[canonical.kind()];
  return {
    ok: true,
    rule: whole ? network.toString() : `${network.toString()}/${prefixLength}`,
    ...compatible,
    ...(prefixLength === 0 && {
      warning: `allows every ${canonical.kind() === 'ipv4' ? 'IPv4' : 'IPv6'} address`,
    }),
  };
}

/** Compiles one canonical rule. Throws a plain Error for anything that `readIpRestriction` did not write. */
export function compileIpRule(rule: string): IpRule {
  if (rule.includes('/')) {
    const [network, prefixLength] = (rule.includes(':') ? ipaddr.IPv6 : ipaddr.IPv4).parseCIDR(rule);
    return { network, prefixLength };
  }
  const network = ipaddr.parse(rule);
  return { network, prefixLength: HIGHEST_PREFIX[network.kind()] };
}

/** The canonical text of a rule, which `compileIpRule` reads. */
export function formatIpRule({ network, prefixLength }: IpRule): string {
  const isWhole = prefixLength === HIGHEST_PREFIX[network.kind()];
  return isWhole ? network.toString() : `${network.toString()}/${prefixLength}`;
}

/**
 * Whether one of the rules covers the client. The families never match each other; an IPv4-mapped IPv6 client
 * counts as IPv4.
 */
export function matchIpRules(rules: readonly IpRule[], client: Address): boolean {
  return rules.some(({ network, prefixLength }) => {
    if (client instanceof ipaddr.IPv4) {
      return network instanceof ipaddr.IPv4 && client.match(network, prefixLength);
    }
    return network instanceof ipaddr.IPv6 && client.match(network, prefixLength);
  });
}

/** The client's address, or `undefined` when the text is none. IPv4-mapped IPv6 becomes IPv4. */
export function readClientAddress(text: string | undefined): Address | undefined {
  const address = text === undefined ? undefined : parseAddress(text);
  return address === undefined ? undefined : normalise(address);
}

/** Strict: four decimal parts for IPv4 (`010.1` and `0x7f.1` are refused), no zone for IPv6. */
function parseAddress(text: string): Address | undefined {
  // Node tells the family without throwing; ipaddr.js parses IPv6 text as IPv4 first and throws for each.
  if (isIPv4(text)) return ipaddr.IPv4.parse(text);
  if (isIPv6(text) && !text.includes('%')) return ipaddr.IPv6.parse(withoutDots(text));
  return undefined;
}

/**
 * `::192.0.2.33` as `::c000:221`, which is the same address (RFC 4291, section 2.2). Left as it is, ipaddr.js takes it
 * for the IPv4-mapped `::ffff:192.0.2.33`: https://github.com/whitequark/ipaddr.js/issues/101
 */
function withoutDots(text: string): string {
  const at = text.lastIndexOf(':') + 1;
  if (!text.includes('.')) return text;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(text.slice(at)).octets;
  return `${text.slice(0, at)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Written like `::192.0.2.33`: a form that RFC 4291 gave up (section 2.5.5.1). */
function isIPv4Compatible(entry: string): boolean {
  return /^[0:]*:(?:\d+\.){3}\d+(?:\/|$)/.test(entry);
}

function normalise(address: Address): Address {
  return address instanceof ipaddr.IPv6 && isIPv4Mapped(address) ? address.toIPv4Address() : address;
}

/** `::ffff:0:0/96`. */
function isIPv4Mapped({ parts }: ipaddr.IPv6): boolean {
  return parts.every((part, index) => index > 5 || part === (index === 5 ? 0xffff : 0));
}

function maskHostBits(address: Address, prefixLength: number): Address {
  const range = `${address.toString()}/${prefixLength}`;
  return address instanceof ipaddr.IPv4
    ? ipaddr.IPv4.networkAddressFromCIDR(range)
    : ipaddr.IPv6.networkAddressFromCIDR(range);
}
