import type * as oidcProvider from 'oidc-provider';

/** The library that issues tokens. */
export type OidcLibrary = typeof oidcProvider;

/** Loads the library: it takes a fifth of a second, so nothing waits for it before somebody signs in. */
export function loadOidcLibrary(): Promise<OidcLibrary> {
  return import('oidc-provider');
}
