/** What a browser shows, or the address of an application that it was sent to. */
export interface Visit {
  readonly response: Response;
  readonly page: string;
  readonly url: URL;
}

/** A browser with cookies, which follows redirects within the issuer and stops where they leave it. */
export interface Browser {
  readonly cookies: ReadonlyMap<string, string>;
  /** The `Set-Cookie` headers so far. */
  readonly cookieHeaders: readonly string[];
  open(address: string): Promise<Visit>;
  /** Sends the form that the page shows, with its hidden fields. */
  submit(visit: Visit, fields?: Readonly<Record<string, string>>): Promise<Visit>;
  /** Opens the address, and signs in if the page asks for it. */
  signIn(address: string, username: string): Promise<Visit>;
}

/**
 * @param issuer the issuer's own address, which its redirects name; it listens at `base`.
 * @param kept cookies of before.
 */
export function createBrowser(
  base: string,
  issuer = base,
  kept: ReadonlyMap<string, string> = new Map(),
): Browser {
  const cookies = new Map(kept);
  const cookieHeaders: string[] = [];

  const send = async (url: URL, body?: URLSearchParams): Promise<Visit> => {
    if (url.origin !== new URL(issuer).origin) return { response: Response.error(), page: '', url };
    const cookie = Array.from(cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(url.pathname + url.search, base), {
      redirect: 'manual',
      headers: { cookie, accept: 'text/html' },
      ...(body && { method: 'POST', body }),
    });
    cookieHeaders.push(...response.headers.getSetCookie());
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location !== null) return send(new URL(location, url));
    return { response, page: await response.text(), url };
  };

  const browser: Browser = {
    cookies,
    cookieHeaders,
    open: (address) => send(new URL(address, issuer)),
    submit({ page, url }, fields = {}) {
      const action = unescape(/<form[^>]* action="([^"]*)"/.exec(page)?.[1] ?? '');
      const hidden = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
      const values = Array.from(hidden, ([, name = '', value = '']): [string, string] => [
        name,
        unescape(value),
      ]);
      return send(new URL(action, url), new URLSearchParams([...values, ...Object.entries(fields)]));
    },
    async signIn(address, username) {
      const visit = await browser.open(address);
      return visit.page.includes('id="password"')
        ? browser.submit(visit, { username, password: username })
        : visit;
    },
  };
  return browser;
}

function unescape(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
