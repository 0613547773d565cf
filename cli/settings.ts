import { join } from 'node:path';
import { usageFailure } from './failures.ts';

/** Where the command line works, from flags and the environment. */
export interface Settings {
  /** The management API, without a slash at its end. */
  readonly url: string;
  readonly issuer: string;
  /** KEYBOUND_TOKEN: an access token that is used as it is. */
  readonly token?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Where sessions are kept. */
  readonly configDirectory: string;
}

const DEFAULT_URL = 'http://localhost:9443';

export interface SettingsSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly url?: string | undefined;
  readonly issuer?: string | undefined;
}

/** @throws CommandFailure `usage` for an address that a token must not be sent to. */
export function readSettings({ environment, homeDirectory, ...flags }: SettingsSource): Settings {
  const read = (name: string): string | undefined =>
    environment[name] === '' ? undefined : environment[name];
  const url = safeUrl(
    flags.url ?? read('KEYBOUND_URL') ?? DEFAULT_URL,
    flags.url === undefined ? 'KEYBOUND_URL' : '--url',
  );
  const issuer = flags.issuer ?? read('KEYBOUND_ISSUER');
  const token = read('KEYBOUND_TOKEN')?.trim();
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw usageFailure('KEYBOUND_TOKEN is not an access token.');
  }
  const clientId = read('KEYBOUND_CLIENT_ID');
  const clientSecret = read('KEYBOUND_CLIENT_SECRET');
  return {
    url,
    issuer:
      issuer === undefined
        ? url
        : safeUrl(issuer, flags.issuer === undefined ? 'KEYBOUND_ISSUER' : '--issuer'),
    ...(token !== undefined && { token }),
    ...(clientId !== undefined && { clientId }),
    ...(clientSecret !== undefined && { clientSecret }),
    configDirectory: join(read('XDG_CONFIG_HOME') ?? join(homeDirectory, '.config'), 'keybound'),
  };
}

/** Whether a URL leads to this machine and nowhere else. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]'
  );
}

/** Whether what is sent to a URL cannot be read on the way. */
export function isPrivate(url: string): boolean {
  return URL.canParse(url) && (url.startsWith('https:') || (url.startsWith('http:') && isLoopback(url)));
}

function safeUrl(text: string, name: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw usageFailure(`${name} is not a URL that begins with http.`);
  }
  const { username, password, search, hash, href } = new URL(text);
  if (username !== '' || password !== '' || search !== '' || hash !== '') {
    throw usageFailure(`${name}: the URL must have no user, query or fragment.`);
  }
  if (!isPrivate(text)) {
    throw usageFailure(`${name} must begin with https, because tokens and keys are sent there.`);
  }
  return href.replace(/\/+$/, '');
}
