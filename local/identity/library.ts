import type * as oidcProvider from 'oidc-provider';

/** The library that issues tokens. */
export type OidcLibrary = typeof oidcProvider;

/** Loads the library, once. It takes a quarter of a second of processor time, so begin while something else is waited for. */
export function loadOidcLibrary(): Promise<OidcLibrary> {
  return import('oidc-provider');
}
