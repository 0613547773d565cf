import { parseUrl } from '../general/parse-url.ts';
import { isPlainText } from '../general/plain-text.ts';
import { readRuleList, type RuleListReading, type RuleReading } from './rule-list.ts';

/** A rule ready to match. */
export interface ReferrerRule {
  /** Absent: http and https. */
  readonly scheme?: string;
  /** Lower-case; with `anySubdomain` the part that must follow one or more labels. */
  readonly host: string;
  readonly anySubdomain: boolean;
  /** Absent: the default port of the Referer's scheme. */
  readonly port?: string;
  /** Starts with a slash. */
  readonly path: string;
  /** Whether `path` is only the beginning. */
  readonly isPathPrefix: boolean;
}

const RULE =
  /^(?:(https?):\/\/)?(\*\.)?([^/\\*?#@:\s[\]]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?(\/[^\\*?#\s]*)?(\*)?$/i;
/** Labels of letters, digits, hyphens and underscores, which some sites have though DNS says otherwise. */
const HOST = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;
const LONGEST_HOST = 253;
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Reads `permittedReferer` as it is written: comma-separated `www.example.com/path` (exactly that page),
 * `sub.example.com/*` (that host), `*.example.com/*` (one or more labels before it, not `example.com` itself);
 * each optionally with `http://` or `https://` and a port.
 */
export function readReferrerRestriction(text: string): RuleListReading {
  return readRuleList(text, readReferrerRule);
}

function readReferrerRule(entry: string): RuleReading {
  const match = RULE.exec(entry);
  if (match === null) {
    return {
      ok: false,
      problem:
        'not a referrer: write www.example.com/path, sub.example.com/* or *.example.com/*, optionally with http:// or https:// and a port, without query, fragment or user name',
    };
  }
  const [, scheme, wildcard = '', host = '', port, path, star = ''] = match;
  if (star !== '' && path === undefined) {
    return { ok: false, problem: 'a * may stand at the start of the host as *. and at the end of the path' };
  }
  const url = parseHttpUrl(
    `${scheme ?? 'https'}://${host}${port === undefined ? '' : `:${port}`}${path ?? '/'}`,
  );
  if (url === undefined || Number(port) === 0) {
    return { ok: false, problem: 'the host, the port or the path is not valid in a URL' };
  }
  const problem = problemOfHost(host, url.hostname);
  if (problem !== undefined) return { ok: false, problem };
  if (wildcard !== '' && isAddress(url.hostname)) {
    return { ok: false, problem: 'an IP address has no subdomains' };
  }

  // URL drops a port that is its scheme's default; a rule without a scheme must keep it, or it would also
  // cover the other scheme's default port.
  const keptPort = port === undefined ? '' : scheme === undefined ? String(Number(port)) : url.port;
  const canonical = [
    scheme === undefined ? '' : `${url.protocol}//`,
    wildcard,
    url.hostname,
    keptPort === '' ? '' : `:${keptPort}`,
    canonicalPath(url),
    star,
  ].join('');
  const warning = warningFor({ path, star, wildcard, host, hostname: url.hostname, pathname: url.pathname });
  return { ok: true, rule: canonical, ...(warning !== undefined && { warning }) };
}

/** A URL's parser takes much for a host that no browser ever names as one, or that it names otherwise. */
function problemOfHost(written: string, hostname: string): string | undefined {
  if (hostname.startsWith('[')) return undefined;
  if (hostname.endsWith('.')) return 'remove the dot at the end of the host';
  if (written.includes('%')) return 'write the host without percent signs';
  if (hostname.length > LONGEST_HOST || !HOST.test(hostname)) return 'the host is no host name';
  if (isAddress(hostname) && hostname !== written) {
    return 'write an IPv4 address as four decimal numbers without leading zeros';
  }
  return undefined;
}

function warningFor(rule: {
  readonly path: string | undefined;
  readonly star: string;
  readonly wildcard: string;
  readonly host: string;
  readonly hostname: string;
  readonly pathname: string;
}): string | undefined {
  if (/[^\u0021-\u007e]/.test(rule.host)) {
    // Only so can it be told from another whose letters look the same.
    return `is stored as browsers send the host: ${rule.hostname}`;
  }
  if (rule.wildcard !== '' && !rule.hostname.includes('.')) {
    return 'matches every site below a top-level domain';
  }
  if (rule.path === undefined) {
    return 'matches the root page only; end it with /* for the whole site';
  }
  if (rule.pathname !== '/') {
    return "browsers send only the origin to another origin unless the page's Referrer-Policy says otherwise, so that a rule with a path refuses them; end the host with /* to match the origin";
  }
  return undefined;
}

/** Compiles one canonical rule. Throws a plain Error for anything that `readReferrerRestriction` did not write. */
export function compileReferrerRule(rule: string): ReferrerRule {
  const match = RULE.exec(rule);
  if (match?.[3] === undefined) throw new Error('a stored referrer rule is not canonical');
  const [, scheme, wildcard, host, port, path = '/', star] = match;
  return {
    ...(scheme !== undefined && { scheme: `${scheme}:` }),
    host: wildcard === undefined ? host : `.${host}`,
    anySubdomain: wildcard !== undefined,
    ...(port !== undefined && { port }),
    path,
    isPathPrefix: star !== undefined,
  };
}

/** The canonical text of a rule, which `compileReferrerRule` reads. */
export function formatReferrerRule({
  scheme,
  host,
  anySubdomain,
  port,
  path,
  isPathPrefix,
}: ReferrerRule): string {
  return [
    scheme === undefined ? '' : `${scheme}//`,
    anySubdomain ? '*' : '',
    host,
    port === undefined ? '' : `:${port}`,
    path,
    isPathPrefix ? '*' : '',
  ].join('');
}

/**
 * The Referer header as a URL, or `undefined` when it cannot stand for a page: not parsable, neither http nor
 * https, with user information, with white space or control characters. Without a scheme it is read as https.
 */
export function readReferrer(header: string): URL | undefined {
  if (header.includes(' ') || !isPlainText(header)) return undefined;
  return parseHttpUrl(SCHEME.test(header) ? header : `https://${header}`);
}

/** Whether one of the rules covers the page; its query and fragment do not count. */
export function matchReferrerRules(rules: readonly ReferrerRule[], referrer: URL): boolean {
  const path = canonicalPath(referrer);
  return rules.some(
    (rule) =>
      (rule.scheme === undefined || rule.scheme === referrer.protocol) &&
      matchHost(rule, referrer.hostname) &&
      matchPort(rule, referrer) &&
      (rule.isPathPrefix ? path.startsWith(rule.path) : path === rule.path),
  );
}

/**
 * A path in which what can be written with and without percent signs is written one way (RFC 3986, section 6.2.2): `%41`
 * is `A`, and `%c3` is `%C3`. A slash, `%2F`, stays what it is: part of a segment.
 */
function canonicalPath({ pathname }: URL): string {
  return pathname.replaceAll(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
}

function matchHost(rule: ReferrerRule, hostname: string): boolean {
  // The leading dot of a subdomain rule is part of `host`: `evilexample.com` does not end in `.example.com`.
  return rule.anySubdomain
    ? hostname.length > rule.host.length && hostname.endsWith(rule.host) && !hostname.startsWith('.')
    : hostname === rule.host;
}

function matchPort(rule: ReferrerRule, referrer: URL): boolean {
  if (rule.port === undefined) return referrer.port === '';
  return (referrer.port === '' ? DEFAULT_PORTS[referrer.protocol] : referrer.port) === rule.port;
}

function parseHttpUrl(text: string): URL | undefined {
  const url = parseUrl(text);
  if (url === undefined || DEFAULT_PORTS[url.protocol] === undefined) return undefined;
  return url.username === '' && url.password === '' ? url : undefined;
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+(\.\d+){3}$/.test(hostname);
}
