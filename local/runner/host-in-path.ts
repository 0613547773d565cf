import type { IncomingMessage } from 'node:http';

const THIS_MACHINE = hostPattern('localhost');
const NAME_OF_THIS_MACHINE = hostPattern('(?:[a-z0-9-]+\\.)*localhost');

type Head = Pick<IncomingMessage, 'rawHeaders' | 'url'>;

/** Whether a request names this machine itself as its host. */
export function isThisMachine({ rawHeaders }: Head): boolean {
  return hostsAt(rawHeaders).some((at) => THIS_MACHINE.test(rawHeaders[at]?.trim() ?? ''));
}

/**
 * Whether a request names only this machine, or names below `localhost`, as its host. A page elsewhere can make its own name
 * lead to this machine, and a browser then takes what is served here for the page's own.
 */
export function namesThisMachine({ rawHeaders }: Pick<Head, 'rawHeaders'>): boolean {
  return hostsAt(rawHeaders).every((at) => NAME_OF_THIS_MACHINE.test(rawHeaders[at]?.trim() ?? ''));
}

/** Puts another host into a request; the gateway reads headers as they were sent. */
export function setHost({ rawHeaders }: Head, host: string): void {
  for (const at of hostsAt(rawHeaders)) rawHeaders[at] = host;
}

/**
 * Makes `/{segment}/path` at this machine's own names a request for `/path` at the host that the segment stands for, as
 * if the client had resolved that name. Other requests stay as they are.
 */
export function takeHostFromPath(request: Head, hosts: ReadonlyMap<string, string>): void {
  const { segment, rest } = /^\/(?<segment>[^/?]+)(?<rest>.*)$/s.exec(request.url ?? '')?.groups ?? {};
  const host = hosts.get(segment?.toLowerCase() ?? '');
  if (host === undefined || rest === undefined || !isThisMachine(request)) return;
  setHost(request, host);
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
}

/** A name, or an address of this machine, with or without a port. */
function hostPattern(name: string): RegExp {
  return new RegExp(`^(?:${name}|127\\.0\\.0\\.1|\\[::1\\])(?::\\d*)?$`, 'i');
}

/** Where in the raw headers the values of `Host` are. */
function hostsAt(rawHeaders: readonly string[]): readonly number[] {
  return rawHeaders.flatMap((name, at) => (at % 2 === 0 && name.toLowerCase() === 'host' ? [at + 1] : []));
}
