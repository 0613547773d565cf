/** A request target in its two undecoded halves; the query has no leading question mark. */
export interface RequestTarget {
  readonly rawPath: string;
  readonly rawQueryString: string;
}

/**
 * Splits a request target; undefined when it has no path (`*`, `host:port`).
 * The absolute form (`GET http://host/path`) is read like the origin form; its authority is ignored,
 * because the Host header names the API.
 */
export function parseRequestTarget(target: string): RequestTarget | undefined {
  const origin = target.startsWith('/') ? target : stripAuthority(target);
  if (origin === undefined) return undefined;
  const fragment = origin.indexOf('#');
  const withoutFragment = fragment === -1 ? origin : origin.slice(0, fragment);
  const mark = withoutFragment.indexOf('?');
  if (mark === -1) return { rawPath: withoutFragment, rawQueryString: '' };
  return { rawPath: withoutFragment.slice(0, mark), rawQueryString: withoutFragment.slice(mark + 1) };
}

function stripAuthority(target: string): string | undefined {
  const match = /^https?:\/\/[^/?#]+(?<rest>.*)$/i.exec(target);
  const rest = match?.groups?.['rest'];
  if (rest === undefined) return undefined;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * The path as an HTTP API sees it, or undefined when the gateway answers 400.
 *
 * Recorded behaviour of the real service, surprising as it is: the path is decoded once and cut at a question mark
 * that this brings out, then decoded a second time. So `%2F` and `%252F` both end as a slash before routes are
 * matched, `/a%3Fb` is `/a`, and `/a%25b` is refused because `/a%b` cannot be decoded again.
 */
export function decodePath(rawPath: string): string | undefined {
  if (!rawPath.includes('%')) return rawPath;
  const once = decodeOrUndefined(rawPath);
  if (once === undefined) return undefined;
  const mark = once.indexOf('?');
  const kept = mark === -1 ? once : once.slice(0, mark);
  return kept.includes('%') ? decodeOrUndefined(kept) : kept;
}

function decodeOrUndefined(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
