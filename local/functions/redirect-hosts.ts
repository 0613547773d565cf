import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

/** Hosts of the world that lead to the runner, and the base URL (without slash at the end) of each there. */
export type RedirectedHosts = Readonly<Record<string, string>>;

/**
 * Lets `fetch` and `node:https` of this thread reach the runner under names of AWS, as an entry in the list of hosts would
 * if it could name ports and spare TLS. What is asked of any other host goes there.
 */
export function redirectHosts(hosts: RedirectedHosts): void {
  const moved = ({ host, pathname, search }: URL): URL | undefined => {
    const base = Object.hasOwn(hosts, host) ? hosts[host] : undefined;
    return base === undefined ? undefined : new URL(`${base}${pathname}${search}`);
  };

  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const target = moved(new URL(input instanceof Request ? input.url : input));
    if (target === undefined) return fetch(input, init);
    return fetch(input instanceof Request ? new Request(target, input) : target, init);
  };

  const { request } = https;
  type Callback = (response: http.IncomingMessage) => void;
  const redirected = (
    first: string | URL | https.RequestOptions,
    second?: https.RequestOptions | Callback,
    third?: Callback,
  ): http.ClientRequest => {
    const options = typeof second === 'object' ? second : {};
    const callback = typeof second === 'function' ? second : third;
    const asked =
      typeof first === 'string' || first instanceof URL
        ? { url: new URL(first), options }
        : { url: urlOf(first), options: first };
    const target = moved(asked.url);
    if (target !== undefined) {
      const { method, headers, timeout } = asked.options;
      return http.request(
        target,
        {
          ...(method !== undefined && { method }),
          ...(headers !== undefined && { headers }),
          ...(timeout !== undefined && { timeout }),
        },
        callback,
      );
    }
    return typeof first === 'string' || first instanceof URL
      ? request(first, options, callback)
      : request(first, callback);
  };
  https.request = redirected;
  https.get = (...parameters: Parameters<typeof redirected>) => {
    const sent = redirected(...parameters);
    sent.end();
    return sent;
  };
  syncBuiltinESMExports();
}

function urlOf({ hostname, host, port, path }: https.RequestOptions): URL {
  return new URL(`https://${hostname ?? host ?? 'localhost'}:${port ?? 443}${path ?? '/'}`);
}
