import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { createAccessTokens, type AccessTokens } from './access-tokens.ts';
import { adaptAnswers } from './adapt-answers.ts';
import { createProvider } from './create-provider.ts';
import { loadOidcLibrary, type OidcLibrary } from './library.ts';
import { registerPasswordGrant } from './password-grant.ts';
import type { SigningKey } from './signing-key.ts';
import type { TokenJournal } from './token-journal.ts';

export interface IssuerOptions {
  /** `http://localhost:9443`; endpoints are below it. */
  readonly issuer: string;
  /** The public client, which signs users in, and the audience of every access token. */
  readonly clientId: string;
  readonly key: SigningKey;
  /** Keeps sessions and tokens. */
  readonly journal: TokenJournal;
  /** Reports a fault of the issuer. */
  readonly report: (text: string) => void;
}

/** The issuer's parts, ready to answer. */
export interface Issuer {
  readonly issuer: string;
  readonly clientId: string;
  readonly library: OidcLibrary;
  readonly provider: Provider;
  readonly accessTokens: AccessTokens;
  /** Lets the library answer. */
  readonly delegate: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export async function openIssuer(options: IssuerOptions): Promise<Issuer> {
  const { issuer, clientId, report } = options;
  const library = await loadOidcLibrary();
  const accessTokens = createAccessTokens(options);
  const provider = createProvider(library, options);
  provider.proxy = true;
  registerPasswordGrant(library, provider);
  adaptAnswers(provider, accessTokens);
  provider.on('server_error', (_ctx, error) => report(`The issuer failed: ${String(error)}`));
  provider.onerror = (error) => report(`The issuer failed: ${String(error)}`);
  return { issuer, clientId, library, provider, accessTokens, delegate: provider.callback() };
}
